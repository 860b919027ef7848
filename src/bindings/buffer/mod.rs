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

pub(crate) use self::{
    construct::{array_buffer_of, from_block, from_slice, over, unpooled},
    exports::is_constructor,
    pool::is_block as is_pool_block,
    realm::is_plain,
    view::{is_any_array_buffer, zeroed_block},
};
pub(crate) use self::{
    exports::exports,
    text::{check_length, decoded},
    view::View,
};
