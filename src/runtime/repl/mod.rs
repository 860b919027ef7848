//! A runtime that a person talks to: one text after the other, in one global scope, while the loop
//! goes on.

use std::time::Duration;

use boa_engine::{Context, JsResult, JsValue, js_string};

use super::{
    Remote, Runtime, end,
    settled::{Patience, settled},
};
use crate::{
    bindings::{
        inspect::{self, Options},
        repl::{completion, scope, script_of},
    },
    engine::{
        breaking::{Breaks, breakable},
        callbacks,
        errors::value_of,
        exhaustion::guarded,
        natives::define_value,
        scripts, state, ticks,
    },
    event_loop::Hold,
    sys::stdio::{self, Output},
};

/// What breaks off what a text does.
const CTRL_C: Breaks = Breaks { timeout: None, on_sigint: true };

/// The longest preview (characters).
const PREVIEW: usize = 50;

/// What became of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Evaluation {
    /// It ends in the middle of something: more lines are needed.
    Unfinished,
    /// Its value, as `util.inspect` shows it.
    Value(String),
    /// It threw; what it threw, as it is shown after the word `Uncaught`.
    Error(String),
    /// The program ended itself.
    Exited,
}

/// A runtime for texts that a person types. Made by [`Runtime::into_repl`].
pub struct Repl {
    runtime: Runtime,
    texts: u32,
    colors: bool,
    /// Whoever types may always type on: the loop waits for it.
    _hold: Hold<Context>,
}

impl Repl {
    /// # Errors
    /// The text of what a builtin threw when it was put into the scope.
    pub(super) fn new(mut runtime: Runtime, colors: bool) -> Result<Self, String> {
        let context = &mut runtime.context;
        let engine = state::of(context);
        engine.async_ids.enter_root();
        engine.set_uncaught_handler(report_uncaught);
        scope::furnish(context).map_err(|error| error.to_string())?;
        let hold = engine.event_loop.remote().hold();
        Ok(Self { runtime, texts: 0, colors, _hold: hold })
    }

    /// Runs a text: a script in which names may be declared again, and which may use `await`.
    /// Waits for a promise that `await` made, and the loop turns meanwhile. Ctrl-C ends what runs.
    pub fn evaluate(&mut self, text: &str) -> Evaluation {
        let Some((script, awaits)) = script_of(text) else { return Evaluation::Unfinished };
        self.texts += 1;
        let name = format!("REPL{}", self.texts);
        let context = &mut self.runtime.context;
        let mut outcome = guarded(context, |context| {
            breakable(CTRL_C, context, |context| scripts::evaluate(&script, &name, context))
        });
        if awaits {
            outcome = outcome.and_then(|promise| {
                // If the program has ended meanwhile, that is what is shown.
                let settled =
                    guarded(context, |context| settled(&promise, Patience::Endless, context))?;
                Ok(settled.unwrap_or_default())
            });
        }
        let evaluation = self.shown(outcome);
        let context = &mut self.runtime.context;
        if state::of(context).exit_code().is_none() {
            let drained = guarded(context, |context| {
                breakable(CTRL_C, context, |context| {
                    ticks::drain(context);
                    Ok(())
                })
            });
            if let Err(error) = drained {
                state::uncaught(error, context);
            }
        }
        self.unless_exited(evaluation)
    }

    fn shown(&mut self, outcome: JsResult<JsValue>) -> Evaluation {
        let colors = self.colors;
        let context = &mut self.runtime.context;
        if state::of(context).exit_code().is_some() {
            return Evaluation::Exited;
        }
        let outcome = outcome.and_then(|value| {
            scope::remember("_", &value, context);
            guarded(context, |context| {
                breakable(CTRL_C, context, |context| Ok(show(&value, colors, context)))
            })
        });
        match outcome {
            Ok(text) => Evaluation::Value(text),
            Err(error) => {
                let value = value_of(error, context);
                scope::remember("_error", &value, context);
                Evaluation::Error(show(&value, colors, context))
            }
        }
    }

    fn unless_exited(&self, evaluation: Evaluation) -> Evaluation {
        match state::of(&self.runtime.context).exit_code() {
            Some(_) => Evaluation::Exited,
            None => evaluation,
        }
    }

    /// The names that may stand at the end of a line, and the byte of the line where they begin.
    pub fn complete(&mut self, line: &str) -> (usize, Vec<String>) {
        completion::complete(line, &mut self.runtime.context)
    }

    /// What a line that is still typed means so far, on one line; only where nothing of the program
    /// has to run for it: of names and the properties of objects.
    pub fn preview(&mut self, line: &str) -> Option<String> {
        let context = &mut self.runtime.context;
        let value = completion::value_of(line.trim(), &context.global_object(), context)?;
        let mut options = Options::default();
        options.custom_inspect = false;
        options.show_proxy = true;
        options.depth = inspect::Depth::Levels(0.0);
        let shown =
            callbacks::enter(context, |context| inspect::inspect(&value, &options, context));
        let shown = shown?.into_string().split_whitespace().collect::<Vec<_>>().join(" ");
        Some(match shown.char_indices().nth(PREVIEW) {
            Some((end, _)) => format!("{}…", &shown[..end]),
            None => shown,
        })
    }

    /// One turn of the loop. It waits, for `max_wait` at most, only if nothing is to be done.
    ///
    /// Returns false once the program has ended itself.
    pub fn turn(&mut self, max_wait: Option<Duration>) -> bool {
        let context = &mut self.runtime.context;
        let engine = state::of(context);
        if engine.exit_code().is_none() {
            engine.event_loop.turn(context, max_wait);
        }
        engine.exit_code().is_none()
    }

    /// A way to end [`Self::turn`]'s wait from another thread.
    pub fn remote(&self) -> Remote {
        self.runtime.remote()
    }

    /// The end: emits `exit`, writes what is still queued, and returns the exit code.
    pub fn finish(mut self) -> i32 {
        let code = end(&mut self.runtime.context);
        stdio::redirect(None);
        self.runtime.leave();
        code
    }
}

/// Has `show` called with what this process writes to standard output and standard error, instead
/// of the write; who edits a line there has to be asked before anything else appears.
pub fn redirect_output(show: impl FnMut(&str) + Send + 'static) {
    stdio::redirect(Some(Box::new(show)));
}

fn show(value: &JsValue, colors: bool, context: &mut Context) -> String {
    let mut options = Options::default();
    options.colors = colors;
    options.show_proxy = true;
    let shown = callbacks::enter(context, |context| inspect::inspect(value, &options, context));
    shown.map_or_else(String::new, inspect::Text::into_string)
}

/// An exception that nobody caught: it is shown, and the conversation goes on.
fn report_uncaught(value: JsValue, _: state::Origin, context: &mut Context) {
    define_value(&context.global_object(), js_string!("_error"), value.clone(), false);
    let text = format!("Uncaught {}\n", show(&value, false, context));
    // There is nobody else to tell.
    let _ = stdio::write_output(Output::Stdout, text.as_bytes());
}
