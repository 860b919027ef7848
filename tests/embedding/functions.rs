//! Modules, globals and functions of a host's, clocks and seeds.

use std::{
    collections::BTreeMap,
    sync::mpsc::channel,
    thread,
    time::{Duration, UNIX_EPOCH},
};

use rjs::{
    CreateError, EvalError, HostObject, Json, ModuleKind, ModuleText, Runtime, ScriptError,
    TestClock,
};
use serde_json::json;

fn prices() -> HostObject {
    HostObject::new()
        .value("currency", "EUR")
        .value("rates", Json(json!({ "USD": 1.1 })))
        .function("of", |item: String, count: Option<u32>| match item.as_str() {
            "apple" => Ok(3 * count.unwrap_or(1)),
            _ => Err(ScriptError::new(format!("no price for {item}")).with_code("ERR_NO_PRICE")),
        })
        .function("nothing", || Ok(()))
        .function("sum", |numbers: Vec<f64>| Ok(numbers.iter().sum::<f64>()))
        .function("sorted", |Json(map): Json<BTreeMap<String, i32>>| {
            Ok(Json(map.into_iter().collect::<Vec<_>>()))
        })
}

#[test]
fn a_module_of_the_hosts_is_required_and_imported() {
    let mut runtime = Runtime::builder()
        .module("host:prices", prices())
        .globals(prices())
        .build()
        .expect("a runtime");
    let text = "const { createRequire } = process.getBuiltinModule('module');
        const { of, ...rest } = createRequire('/x.js')('host:prices');
        import('host:prices').then((imported) => [
            of('apple', 2), of('apple'), of.length, of.name, rest.currency, rest.rates.USD,
            rest.nothing(), rest.sum([1, 2.5]), rest.sorted({ b: 2, a: 1 }),
            imported.of === of, imported.default.of === of, currency, sum([4])])";
    assert_eq!(
        runtime.eval(text),
        Ok(json!([
            6,
            3,
            2,
            "of",
            "EUR",
            1.1,
            null,
            3.5,
            [["a", 1], ["b", 2]],
            true,
            true,
            "EUR",
            4
        ]))
    );
    let error = |text: &str, runtime: &mut Runtime| match runtime.eval(text) {
        Err(EvalError::Script(error)) => (error.name, error.code, error.message),
        other => panic!("{other:?}"),
    };
    let code = Some("ERR_NO_PRICE".to_owned());
    let failed = error("sum.call; of.name; globalThis.of('pear')", &mut runtime);
    assert_eq!(failed, ("Error".to_owned(), code, "no price for pear".to_owned()));
    assert_eq!(error("sum(7)", &mut runtime).0, "TypeError");
    assert_eq!(error("sorted({ a: 'x' })", &mut runtime).0, "TypeError");
    assert_eq!(
        runtime.eval("process.getBuiltinModule('module').builtinModules.includes('host:prices')"),
        Ok(json!(false)),
        "the list of builtins is Node's"
    );
}

#[test]
fn names_that_are_taken_are_refused() {
    for bad in ["fs", "node:mine", ""] {
        let error = Runtime::builder().module(bad, prices()).build().map(drop).expect_err("taken");
        assert!(matches!(error, CreateError::Module(name) if name == bad));
    }
    let builder = Runtime::builder().module("a", prices()).module("a", prices());
    assert!(builder.build().is_err(), "twice");
}

#[test]
fn functions_may_be_asynchronous() {
    // A future that another thread wakes.
    async fn answer(number: u32) -> u32 {
        let (sender, receiver) = channel();
        let mut waiting = None;
        std::future::poll_fn(move |context| {
            if waiting.is_none() {
                let (waker, sender) = (context.waker().clone(), sender.clone());
                waiting = Some(thread::spawn(move || {
                    sender.send(number * 2).expect("somebody waits");
                    waker.wake_by_ref();
                    waker.wake();
                }));
            }
            receiver.try_recv().map_or(std::task::Poll::Pending, std::task::Poll::Ready)
        })
        .await
    }
    let functions = HostObject::new()
        .async_function("double", async |number: u32| Ok(answer(answer(number).await).await))
        .async_function("fail", async |message: String| {
            Err::<(), _>(ScriptError::new(message).with_code("ERR_MINE"))
        })
        .blocking_function("read", |path: String| {
            std::fs::read_to_string(path).map_err(|error| ScriptError::new(error.to_string()))
        });
    let mut runtime = Runtime::builder().globals(functions).build().expect("a runtime");
    let text = "Promise.all([double(1), double(2), fail('no').catch((error) => error.code),
        read('/proc/self/comm').then((text) => text.length > 0),
        read('/no/such/file').catch((error) => error instanceof Error), double(3)])";
    assert_eq!(runtime.eval(text), Ok(json!([4, 8, "ERR_MINE", true, true, 12])));
    // One that nobody wakes keeps the loop, but not the host from dropping it.
    let never = HostObject::new().async_function("never", async || {
        std::future::pending::<()>().await;
        Ok(1)
    });
    let mut runtime = Runtime::builder().globals(never).build().expect("a runtime");
    runtime.eval("never(); 0").expect("it goes on");
    assert!(runtime.turn(Some(Duration::ZERO)), "the loop is alive");
}

#[test]
fn work_is_posted_from_other_threads() {
    let mut runtime = Runtime::builder().build().expect("a runtime");
    let (sender, answers) = channel();
    let (remote, hold) = (runtime.remote(), runtime.remote().hold());
    let poster = thread::spawn(move || {
        for number in 0..3 {
            let sender = sender.clone();
            remote.post(move |scope| {
                let value =
                    scope.eval(&format!("globalThis.sum = (globalThis.sum ?? 0) + {number}"));
                sender.send(value).expect("somebody waits");
            });
        }
        remote
            .post(|scope| drop(scope.eval("Promise.reject(new Error('unseen')).catch(() => {})")));
        drop(hold);
        remote
    });
    assert_eq!(runtime.run_until_idle(), None);
    let remote = poster.join().expect("it posted");
    let sums: Vec<_> = answers.iter().map(|answer| answer.expect("a number")).collect();
    assert_eq!(sums, [json!(0), json!(1), json!(3)]);
    remote.post(|scope| scope.stop(5));
    runtime.eval("setInterval(() => {}, 1e6); 0").expect("a timer");
    assert_eq!(runtime.run_until_idle(), Some(5));
    drop(runtime);
    assert!(!remote.post(|_| unreachable!("the runtime is gone")));
}

#[test]
fn a_host_finds_and_loads_modules() {
    let load = |specifier: &str, referrer: &str| {
        let name = match specifier {
            "plugin:broken" => return Err(ScriptError::new("not today").with_code("ERR_CLOSED")),
            "./part.mjs" if referrer == "/virtual/main.js" => "part.mjs",
            "./data" => "data",
            specifier => match specifier.strip_prefix("plugin:") {
                Some(name) => name,
                None => return Ok(None),
            },
        };
        let (text, kind) = match name {
            "main.js" => (
                "exports.file = __filename; exports.part = require('./part.mjs').part; \
                 exports.data = require('./data'); exports.fs = typeof require('fs').read;",
                ModuleKind::CommonJs,
            ),
            "part.mjs" => ("export const part = import.meta.url;", ModuleKind::Module),
            "data" => ("{\"a\": [1]}", ModuleKind::Json),
            _ => ("import { part } from 'plugin:part.mjs'; export { part }", ModuleKind::Detect),
        };
        Ok(Some(ModuleText {
            path: format!("/virtual/{name}").into(),
            text: text.to_owned(),
            kind,
        }))
    };
    let mut runtime = Runtime::builder().module_loader(load).build().expect("a runtime");
    let text = "const require = process.getBuiltinModule('module').createRequire('/host.js');
        const main = require('plugin:main.js');
        import('plugin:other').then(({ part }) => import('plugin:main.js').then((imported) => [
            main, part === main.part, require('plugin:main.js') === main && imported.default === main]))";
    assert_eq!(
        runtime.eval(text),
        Ok(json!([
            {
                "file": "/virtual/main.js",
                "part": "file:///virtual/part.mjs",
                "data": { "a": [1] },
                "fs": "function"
            },
            true,
            true
        ]))
    );
    let failed =
        runtime.eval("import('plugin:broken').catch(({ code, message }) => [code, message])");
    assert_eq!(failed, Ok(json!(["ERR_CLOSED", "not today"])));
    assert!(matches!(
        runtime.load("plugin:broken"),
        Err(EvalError::Script(error)) if error.code.as_deref() == Some("ERR_CLOSED")
    ));
}

#[test]
fn time_and_chance_are_the_same_in_every_run() {
    let start = UNIX_EPOCH + Duration::from_millis(1_700_000_000_123);
    let run = || {
        let clock = TestClock::new(start);
        let builder = Runtime::builder().clock(clock.clone()).random_seed(42);
        let mut runtime = builder.build().expect("a runtime");
        let text = "const at = [];
            const note = (name) => at.push([name, Date.now(), performance.now(), process.uptime(),
                Number(process.hrtime.bigint()), new Date().toISOString()]);
            note('start');
            setTimeout(note, 86_400_000, 'a day'); setTimeout(note, 10, 'first');
            const timer = setInterval(() => { note('again'); if (at.length > 6) clearInterval(timer); }, 1000);
            new Promise((resolve) => setTimeout(resolve, 90_000_000)).then(() =>
                [at, performance.timeOrigin, Math.random(), Math.random(),
                 process.getBuiltinModule('crypto').randomUUID()])";
        let mut value = runtime.eval(text).expect("a list");
        assert_eq!(clock.elapsed(), Duration::from_hours(25));
        let secret = value.as_array_mut().and_then(Vec::pop);
        (value, secret.expect("a UUID"))
    };
    let ((first, secret), (second, other)) = (run(), run());
    assert_eq!(first, second);
    assert_ne!(secret, other, "what secrets are made of is no test's");
    assert_eq!(first[0][0][1], json!(1_700_000_000_123_u64));
    assert_eq!(
        first[0][1],
        json!(["first", 1_700_000_000_133_u64, 10, 0.01, 10_000_000, "2023-11-14T22:13:20.133Z"])
    );
    assert_eq!(first[1], json!(1_700_000_000_123_u64));
}

#[test]
fn a_clock_that_is_stopped_is_moved_by_its_host() {
    let clock = TestClock::new(UNIX_EPOCH).stopped();
    let mut runtime = Runtime::builder().clock(clock.clone()).build().expect("a runtime");
    runtime.eval("var rang = 0; setInterval(() => rang++, 100); 0").expect("a timer");
    for expected in [0, 1, 2] {
        assert!(runtime.turn(Some(Duration::ZERO)));
        assert_eq!(runtime.eval("rang"), Ok(json!(expected)));
        clock.advance(Duration::from_millis(100));
    }
}

#[test]
fn what_is_real_is_waited_for_while_a_test_clock_stands() {
    let clock = TestClock::new(UNIX_EPOCH);
    let mut runtime = Runtime::builder().clock(clock).build().expect("a runtime");
    let text = "const order = [];
        const { execFile } = process.getBuiltinModule('child_process');
        new Promise((resolve) => {
            setTimeout(() => { order.push('timer'); resolve(order); }, 1);
            execFile('sleep', ['0.05'], () => order.push('child'));
        })";
    assert_eq!(runtime.eval(text), Ok(json!(["child", "timer"])));
}

#[test]
fn values_have_the_types_that_a_host_wants() {
    #[derive(serde::Deserialize, Debug, PartialEq)]
    struct Point {
        x: f64,
        y: Option<String>,
    }
    let mut runtime = Runtime::builder().build().expect("a runtime");
    let point: Point = runtime.eval_as("({ x: 1.5, y: 'up' })").expect("a point");
    assert_eq!(point, Point { x: 1.5, y: Some("up".to_owned()) });
    let error = runtime.eval_as::<Point>("7").expect_err("no point");
    assert!(matches!(error, EvalError::Script(error) if error.name == "TypeError"));
}
