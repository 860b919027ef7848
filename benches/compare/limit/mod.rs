//! What the system itself allows: the same work with its calls alone, no runtime in between.
//!
//! Each of these prints what the script of the same name prints.

mod children;
mod messages;
mod network;
mod passing;

use std::{fmt::Display, time::Instant};

/// The first argument of this program when it is to be the limit.
pub const ARGUMENT: &str = "limit";

/// Does what the arguments say; true.
pub fn run(args: &[String]) -> Result<bool, String> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["nothing"] => Ok(()),
        ["fork", count] => children::fork(number(count)?),
        ["first-message"] => messages::say_ready(),
        ["spawn", count, width] => children::spawn(number(count)?, number(width)?),
        ["output", count, bytes] => children::output(number(count)?, number(bytes)?),
        ["shell", count] => children::shell(number(count)?),
        ["stdout", megabytes] => children::stdout(number(megabytes)?),
        ["sleepers", count] => children::sleepers(number(count)?),
        ["ping-pong", bytes, count] => messages::ping_pong(number(bytes)?, number(count)?),
        ["echo"] => messages::echo(),
        ["one-way", bytes, count] => messages::one_way(number(bytes)?, number(count)?),
        ["count", count] => messages::count(number(count)?),
        ["tcp-echo", count] => network::tcp_echo(number(count)?),
        ["udp", count] => network::udp(number(count)?),
        ["passed-server", count] => passing::server(number(count)?),
        ["serve"] => passing::serve(),
        ["passed-sockets", count] => passing::sockets(number(count)?),
        ["answer"] => passing::answer(),
        _ => Err(told(format!("no such work: {args:?}"))),
    }
    .map(|()| true)
}

fn number(text: &str) -> Result<usize, String> {
    text.parse().map_err(told)
}

fn told(error: impl Display) -> String {
    error.to_string()
}

/// Prints how many were done a second.
fn print_rate(count: usize, begun: Instant) {
    println!("{}", count as f64 / begun.elapsed().as_secs_f64());
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
