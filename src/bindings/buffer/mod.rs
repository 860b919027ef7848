//! `buffer`: `Buffer` and what goes with it.
//!
//! Other bindings make buffers with [`from_block`], [`from_slice`] and [`encoded`], and reach the
//! bytes of what JavaScript hands them with [`View`].

mod compare;
mod construct;
mod copy;
mod exports;
mod fill;
mod inspect;
mod numbers;
mod pool;
mod realm;
mod search;
mod slice;
mod text;
mod transcode;
pub(crate) mod view;
mod warning;

#[allow(unused_imports)] // used as the bindings that need them land
pub(crate) use self::{
    construct::{array_buffer_of, encoded, from_block, from_slice, over, unpooled},
    exports::{constructor, is_constructor},
    realm::is_plain,
    view::{TypedArrayKind, is_any_array_buffer, kind_of, zeroed_block},
};
pub(crate) use self::{
    exports::exports,
    inspect::{custom_symbol as inspect_symbol, inspect_as, inspect_plain},
    text::{check_length, decoded},
    view::View,
};
