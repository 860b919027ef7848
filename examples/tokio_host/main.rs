//! A host on tokio: its asynchronous functions are promises for scripts, and its loop waits for those of the
//! runtime beside everything else that it waits for.
//!
//! `cargo run --example tokio_host`

use std::{error::Error, io, time::Duration};

use rjs::{HostObject, Runtime, ScriptError};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, Interest, unix::AsyncFd},
    net::{TcpListener, TcpStream},
    time,
};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tokio_host/script.js");

/// Lets a runtime run until nothing is left for it to do, without blocking the others of this thread.
async fn drive(runtime: &mut Runtime) -> io::Result<()> {
    // The newest tokio prefers `register_with_interest`, which is unsafe, for what may give its descriptor
    // away. This handle keeps it.
    #[allow(deprecated)]
    let handle = AsyncFd::with_interest(runtime.wait_handle()?, Interest::READABLE)?;
    while runtime.turn(Some(Duration::ZERO)) {
        // Asked before each wait: a turn may have set a timer.
        let timeout = runtime.next_timeout().unwrap_or(Duration::MAX);
        if let Ok(ready) = time::timeout(timeout, handle.readable()).await {
            let mut ready = ready?;
            if !ready.get_inner().is_ready() {
                ready.clear_ready();
            }
        }
    }
    Ok(())
}

/// What a server says to this word.
async fn ask(port: u16, word: String) -> Result<String, ScriptError> {
    let asked = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(word.as_bytes()).await?;
        stream.shutdown().await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    };
    asked.await.map_err(|error: io::Error| ScriptError::new(error.to_string()))
}

/// A server of the host's own, in the same thread.
async fn serve(listener: TcpListener) -> io::Result<()> {
    loop {
        let (mut stream, _) = listener.accept().await?;
        let mut word = String::new();
        stream.read_to_string(&mut word).await?;
        stream.write_all(word.to_uppercase().as_bytes()).await?;
    }
}

async fn host() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let functions = HostObject::new()
        .async_function("ask", move |word: String| ask(port, word))
        .async_function("pause", async |milliseconds: u32| {
            time::sleep(Duration::from_millis(milliseconds.into())).await;
            Ok(milliseconds)
        });
    let mut runtime = Runtime::builder().module("host:net", functions).build()?;
    runtime.load(SCRIPT)?;
    tokio::select! {
        driven = drive(&mut runtime) => driven?,
        served = serve(listener) => served?,
    }
    println!("the script says {}", runtime.eval("said")?);
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(host())
}
