//! What has to be seen from JavaScript, while system calls fail.

use std::{cell::RefCell, fs, iter};

use super::{InputType, Program, Runtime, on_deep_stack, prepare_process};
use crate::{
    engine::natives::{arg, define_value, function},
    sys::{alone::alone, faults},
};

use boa_engine::{Context, JsResult, JsValue, js_string};

thread_local! {
    static ARMED: RefCell<Option<faults::Armed>> = const { RefCell::new(None) };
}

/// `arm(nth, errno)`: the nth system call from now on fails.
fn arm(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (nth, errno) = (arg(args, 0).to_u32(context)?, arg(args, 1).to_i32(context)?);
    ARMED.set(Some(faults::Armed::new(nth, errno)));
    Ok(JsValue::undefined())
}

/// `disarm()`: whether it has failed.
fn disarm(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let has_struck = faults::has_struck();
    ARMED.take();
    Ok(has_struck.into())
}

/// `look()`: how many descriptors and which children there are.
fn look(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let descriptors = fs::read_dir("/proc/self/fd").map_or(0, iter::Iterator::count);
    let path = format!("/proc/self/task/{}/children", nix::unistd::gettid());
    let children = fs::read_to_string(path).unwrap_or_default();
    Ok(js_string!(format!("{descriptors} {children}").as_str()).into())
}

/// Lets every call of a start fail in turn. Each failure is one error, thrown or emitted, and when
/// the child has closed nothing of it is left.
const SCRIPT: &str = "
    const { execFile, spawn, spawnSync } = require('child_process');
    const assert = require('assert');
    const starts = {
        spawn: () => spawn('true', { stdio: ['pipe', 'pipe', 'pipe', 'ipc', 'pipe'], cwd: '/' }),
        streams: () => {
            const child = spawn('true');
            child.stdout?.resume();
            child.stderr?.resume();
            return child;
        },
        execFile: () => execFile('true', () => {}),
    };

    // What has ended when the call returns.
    function runSync(errno) {
        const before = look();
        for (let nth = 1; ; nth++) {
            arm(nth, errno);
            const { error } = spawnSync('cat', { input: 'text' });
            const hasStruck = disarm();
            assert.strictEqual(error?.errno, hasStruck ? -errno : undefined, `spawnSync: call ${nth}`);
            assert.strictEqual(look(), before, `spawnSync: call ${nth}`);
            if (!hasStruck) return nth;
        }
    }

    function attempt(start, nth, errno) {
        const errors = [];
        let child;
        arm(nth, errno);
        try {
            child = start();
        } catch (error) {
            errors.push(error);
        }
        const hasStruck = disarm();
        if (child === undefined) return settled().then(() => ({ errors, hasStruck }));
        child.on('error', (error) => errors.push(error));
        return new Promise((resolve) => {
            child.on('close', () => resolve({ errors, hasStruck }));
            if (child.stdin === undefined) settled().then(() => resolve({ errors, hasStruck }));
        });
    }

    const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

    // A child that was given up is killed, and collected when it has ended.
    async function restored(before) {
        const end = Date.now() + 10000;
        while (look() !== before && Date.now() < end) await settled();
    }

    async function run(name, start, errno) {
        await attempt(start, 10000, errno);
        await settled();
        const before = look();
        for (let nth = 1; ; nth++) {
            const { errors, hasStruck } = await attempt(start, nth, errno);
            await restored(before);
            assert.strictEqual(errors.length, hasStruck ? 1 : 0, `${name}: call ${nth}: ${errors}`);
            if (hasStruck) assert.strictEqual(errors[0].errno, -errno, `${name}: call ${nth}`);
            assert.strictEqual(look(), before, `${name}: call ${nth}`);
            if (!hasStruck) return nth;
        }
    }

    (async () => {
        for (const name in starts) {
            for (const errno of [12, 24, 23, 11]) assert.ok(await run(name, starts[name], errno) > 8);
        }
        assert.ok(runSync(12) > 12);
        process.exitCode = 42;
    })();
";

#[test]
fn memory_is_limited_only_where_it_is_counted() {
    let limits = crate::Limits::none().heap(1 << 24);
    let outcome = Runtime::builder().limits(limits).build().map(drop);
    assert!(matches!(outcome, Err(crate::CreateError::Uncounted)));
}

#[test]
fn whichever_call_of_a_start_fails_is_one_error_and_nothing_is_left() {
    alone(|| {
        prepare_process().unwrap();
        let code = on_deep_stack(|| {
            let variables = std::env::vars();
            let builder = Runtime::builder().env(variables).owns_process();
            let mut runtime = builder.build().unwrap();
            let context = &mut runtime.context;
            let global = context.global_object();
            for (name, native) in
                [("arm", arm as crate::engine::natives::Native), ("disarm", disarm), ("look", look)]
            {
                let native = function(name, 0, native, context);
                define_value(&global, boa_engine::JsString::from(name), native, false);
            }
            runtime.run(&Program::Text {
                source: SCRIPT.to_owned(),
                name: "[faults]".to_owned(),
                print: false,
                input_type: InputType::CommonJs,
            })
        });
        assert_eq!(code.unwrap(), 42);
    });
}
