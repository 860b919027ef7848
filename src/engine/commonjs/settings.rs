//! What the command line, or an embedder, says about modules.

/// How modules are found and loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is one option of the command line")]
pub struct ModuleSettings {
    /// Further conditions that hold in the `exports` and `imports` of packages.
    pub conditions: Vec<String>,
    /// A module that is reached through a symbolic link is known by the link.
    pub preserve_symlinks: bool,
    /// The same for the main module.
    pub preserve_symlinks_main: bool,
    /// `require()` refuses ES modules.
    pub refuse_require_of_modules: bool,
    /// `vm` has the classes of modules.
    pub vm_modules: bool,
    /// Warn of what Node plans to deprecate.
    pub pending_deprecations: bool,
}
