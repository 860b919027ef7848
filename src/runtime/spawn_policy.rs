//! A host that decides about every process before it exists.

use super::RuntimeBuilder;
use crate::engine::spawn_policy::SpawnPolicy;

pub use crate::engine::spawn_policy::{SpawnCall, SpawnDenial, SpawnOrder, SpawnStdio};

impl RuntimeBuilder {
    /// Asks this about every process that scripts start, by whatever function, before it exists; it may
    /// change what is started, or deny it. Permissions come first: what they deny is not asked about, and
    /// what is changed here they do not limit.
    ///
    /// Worker threads ask the same function. Children of the host's own executable that are rjs have a
    /// builder of their own, see [`crate::run_if_worker`].
    ///
    /// ```
    /// use rjs::{Runtime, SpawnDenial};
    ///
    /// let mut runtime = Runtime::builder()
    ///     .spawn_policy(|order| match order.file.as_str() {
    ///         "/bin/sh" => Err(SpawnDenial::new("no shells here")),
    ///         _ => {
    ///             order.env.retain(|(name, _)| !name.ends_with("_TOKEN"));
    ///             Ok(())
    ///         }
    ///     })
    ///     .build()?;
    /// let error = runtime.eval("process.getBuiltinModule('child_process').execSync('ls')").unwrap_err();
    /// assert_eq!(error.to_string(), "Error: no shells here");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn spawn_policy(
        mut self,
        decide: impl Fn(&mut SpawnOrder) -> Result<(), SpawnDenial> + Send + Sync + 'static,
    ) -> Self {
        self.spawn_policy = Some(SpawnPolicy::new(decide));
        self
    }
}
