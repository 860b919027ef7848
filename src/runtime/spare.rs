//! A thread that waits with a realm for what it will be for.
//!
//! Making a realm takes most of a worker's start. A program that has started a second worker gets one in
//! advance from then on: a thread makes its realm while the one before runs its program.

use std::{
    cell::{Cell, RefCell},
    io,
    sync::{
        Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    thread::{Builder, JoinHandle},
};

use super::{seed, threads::Task};
use crate::sys::{identity, lock::lock, stack};

/// The native stack of a thread, bytes: recursion may go as deep as in the main thread.
const STACK: usize = 64 << 20;

/// How many threads a program has started before one is made in advance: most start no second one.
const ENOUGH: u32 = 2;

/// The thread in advance of a realm, if there is one.
#[derive(Default)]
pub(super) struct Spare {
    started: Cell<u32>,
    /// One is to be made when there is time.
    is_wanted: Cell<bool>,
    waiting: RefCell<Option<Waiting>>,
}

struct Waiting {
    tasks: Sender<Task>,
    join: JoinHandle<()>,
}

impl Spare {
    /// Has a thread do this: the one that waits, or a new one.
    ///
    /// # Errors
    /// If the system has no thread left.
    pub(super) fn start(&self, task: Task) -> io::Result<JoinHandle<()>> {
        let waiting = match self.waiting.take() {
            Some(waiting) => waiting,
            None => launch(|| {})?,
        };
        let Waiting { tasks, join } = waiting;
        // It ends when its tasks do, so it is there.
        let _ = tasks.send(task);
        self.started.set(self.started.get().saturating_add(1));
        if self.started.get() >= ENOUGH {
            self.is_wanted.set(true);
        }
        Ok(join)
    }

    /// Prepares one in advance, if the program starts that many: to be called when the last one is under
    /// way, which would share a processor with it.
    pub(super) fn prepare(&self) {
        if !self.is_wanted.replace(false) || self.waiting.borrow().is_some() {
            return;
        }
        let prepared = launch(|| {
            name_thread("spare worker");
            // What fails here fails once more when it is needed, and is told then.
            let _ = seed::prepare();
        });
        // Without one the next one takes longer, and nothing else.
        *self.waiting.borrow_mut() = prepared.ok();
    }
}

impl Drop for Spare {
    fn drop(&mut self) {
        if let Some(Waiting { tasks, join }) = self.waiting.take() {
            drop(tasks);
            let _ = join.join();
        }
    }
}

/// Starts a thread that prepares itself, waits for a task, does it and ends.
fn launch(prepare: fn()) -> io::Result<Waiting> {
    let (tasks, orders) = channel();
    let join = Builder::new().spawn(move || {
        // Lent, for where the address space is too small: then it runs as well, only not as deep.
        let orders = Mutex::new(orders);
        let ran = stack::run_on_deep_stack(STACK, || wait(prepare, &orders));
        if ran.is_err() {
            wait(|| {}, &orders);
        }
    })?;
    Ok(Waiting { tasks, join })
}

fn wait(prepare: fn(), orders: &Mutex<Receiver<Task>>) {
    prepare();
    // Nobody else has it.
    let task = lock(orders).recv();
    let Ok(task) = task else {
        seed::discard();
        return;
    };
    name_thread(&task.name());
    task.carry_out();
}

fn name_thread(name: &str) {
    // Only who looks at the list of threads sees it.
    let _ = identity::name_thread(name);
}
