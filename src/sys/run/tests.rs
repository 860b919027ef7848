//! Real children.

use std::{ffi::CString, fs};

use super::{
    super::{
        alone::alone,
        spawn::{SpawnRequest, spawn},
    },
    *,
};

const LIMITS: Limits = Limits { timeout: None, output: None, kill_signal: libc::SIGTERM };

fn c(text: &str) -> CString {
    CString::new(text).unwrap()
}

fn run_program(
    program: &[&str],
    slots: Vec<RunSlot<'_>>,
    limits: Limits,
) -> Result<Outcome, SysError> {
    run(slots, &limits, |stdio| {
        spawn(SpawnRequest {
            file: c(program[0]),
            args: program.iter().map(|text| c(text)).collect(),
            env: vec![c("PATH=/usr/bin:/bin")],
            cwd: None,
            stdio,
            detached: false,
            uid: None,
            gid: None,
            dies_with_parent: false,
        })
    })
}

fn pipes(input: &[u8]) -> Vec<RunSlot<'static>> {
    vec![RunSlot::Input(input.to_vec()), RunSlot::Output, RunSlot::Output]
}

fn shell(script: &str, input: &[u8], limits: Limits) -> Outcome {
    run_program(&["/bin/sh", "-c", script], pipes(input), limits).unwrap()
}

fn text(outcome: &Outcome, slot: usize) -> &str {
    std::str::from_utf8(outcome.output[slot].as_deref().unwrap()).unwrap()
}

#[test]
fn outputs_are_kept_apart() {
    let outcome = shell("echo out; echo err >&2; exit 7", b"", LIMITS);
    assert_eq!(outcome.status, Some(ExitStatus::Exited(7)));
    assert_eq!((text(&outcome, 1), text(&outcome, 2)), ("out\n", "err\n"));
    assert_eq!((outcome.output[0].as_ref(), outcome.failure), (None, None));
}

#[test]
fn no_input_is_the_end_at_once() {
    let outcome = shell("cat; echo end", b"", LIMITS);
    assert_eq!(text(&outcome, 1), "end\n");
}

#[test]
fn much_goes_both_ways_at_once() {
    let input: Vec<u8> = (0..3_000_000).map(|byte: u32| (byte % 251) as u8).collect();
    let outcome = run_program(&["cat"], pipes(&input), LIMITS).unwrap();
    assert_eq!(outcome.failure, None);
    assert!(outcome.output[1].as_ref().unwrap() == &input);
}

#[test]
fn every_slot_can_be_an_output() {
    let slots = vec![
        RunSlot::Given(ChildFd::Ignored),
        RunSlot::Given(ChildFd::Ignored),
        RunSlot::Given(ChildFd::Ignored),
        RunSlot::Output,
        RunSlot::Given(ChildFd::Ignored),
        RunSlot::Output,
    ];
    let script = "echo three >&3; echo five >&5; echo none";
    let outcome = run_program(&["/bin/sh", "-c", script], slots, LIMITS).unwrap();
    assert_eq!((text(&outcome, 3), text(&outcome, 5)), ("three\n", "five\n"));
    assert!([0, 1, 2, 4].iter().all(|slot| outcome.output[*slot].is_none()));
}

#[test]
fn input_that_nobody_reads_is_a_broken_pipe() {
    let outcome = shell("exec 0<&-; echo x", &vec![b'i'; 1_000_000], LIMITS);
    assert_eq!(outcome.status, Some(ExitStatus::Exited(0)));
    assert_eq!(outcome.failure, Some(Errno(libc::EPIPE)));
    assert_eq!(text(&outcome, 1), "x\n");
}

#[test]
fn a_timeout_ends_it() {
    let limits = Limits { timeout: Some(Duration::from_millis(20)), ..LIMITS };
    let outcome = shell("echo first; exec sleep 1000", b"", limits);
    assert_eq!(outcome.status, Some(ExitStatus::Signaled(libc::SIGTERM)));
    assert_eq!(outcome.failure, Some(Errno(libc::ETIMEDOUT)));
}

#[test]
fn a_timeout_ends_the_wait_for_a_grandchild_that_holds_the_output() {
    let limits = Limits { timeout: Some(Duration::from_secs(3)), ..LIMITS };
    let outcome = shell("sleep 1000 & echo $!", b"", limits);
    assert_eq!(outcome.status, Some(ExitStatus::Exited(0)));
    assert_eq!(outcome.failure, Some(Errno(libc::ETIMEDOUT)));
    signals::kill(text(&outcome, 1).trim().parse().unwrap(), libc::SIGKILL).unwrap();
}

#[test]
fn too_much_output_ends_it() {
    let limits = Limits { output: Some(10), kill_signal: libc::SIGKILL, ..LIMITS };
    let outcome = shell("echo 12345; echo 67890 >&2; exec sleep 1000", b"", limits);
    assert_eq!(outcome.status, Some(ExitStatus::Signaled(libc::SIGKILL)));
    assert_eq!(outcome.failure, Some(Errno(libc::ENOBUFS)));
    let outcome = shell("echo 12345; exec sleep 0", b"", limits);
    assert_eq!((outcome.failure, text(&outcome, 1)), (None, "12345\n"));
}

#[test]
fn a_program_that_is_not_there_leaves_nothing() {
    alone(|| {
        let before = open_descriptors();
        let error = run_program(&["/no/such"], pipes(b"x"), LIMITS).unwrap_err();
        assert_eq!(error.errno, Errno(libc::ENOENT));
        assert_eq!(open_descriptors(), before);
    });
}

fn open_descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

fn children() -> String {
    let path = format!("/proc/self/task/{}/children", nix::unistd::gettid());
    fs::read_to_string(path).unwrap_or_default()
}

#[test]
fn whichever_call_fails_nothing_is_left_behind() {
    alone(|| {
        let before = open_descriptors();
        for nth in 1.. {
            let armed = faults::Armed::new(nth, libc::ENOMEM);
            // It would not end by itself before its input does, nor before it has written all.
            let outcome = run_program(&["cat"], pipes(&vec![b'x'; 500_000]), LIMITS);
            let has_struck = faults::has_struck();
            drop(armed);
            let failure = match &outcome {
                Ok(outcome) => outcome.failure,
                Err(error) => Some(error.errno),
            };
            assert_eq!(failure, has_struck.then_some(Errno(libc::ENOMEM)), "call {nth}");
            assert_eq!(open_descriptors(), before);
            assert_eq!(children(), "");
            if !has_struck {
                assert!(nth > 12, "{nth} calls");
                break;
            }
        }
    });
}
