//! How to use this crate, page by page. The code of every page is compiled and run by the tests.

#[doc = include_str!("../docs/guide/first_program.md")]
pub mod first_program {}

#[doc = include_str!("../docs/guide/own_modules.md")]
pub mod own_modules {}

#[doc = include_str!("../docs/guide/own_loop.md")]
pub mod own_loop {}

#[doc = include_str!("../docs/guide/tokio.md")]
pub mod tokio {}

#[doc = include_str!("../docs/guide/permissions.md")]
pub mod permissions {}

#[doc = include_str!("../docs/guide/child_mode.md")]
pub mod child_mode {}
