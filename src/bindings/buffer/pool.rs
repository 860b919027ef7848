//! The pool that small unsafe allocations are cut from (Node: `Buffer.poolSize`).

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string, object::builtins::JsWeakSet};

use super::{construct, realm, view::View};

/// Slices begin at multiples of this many bytes, so that typed arrays can view them.
const ALIGNMENT: usize = 8;

/// One array buffer, handed out from its beginning to its end.
#[derive(Default)]
pub(crate) struct Pool {
    block: Option<View>,
    used: usize,
}

impl Pool {
    /// What `Buffer.poolSize` starts with, in bytes.
    pub(super) const DEFAULT_SIZE: u32 = 8 * 1024;

    fn reserve(&mut self, length: usize) -> Option<View> {
        // A script may have detached it.
        let block = self.block.as_ref().filter(|block| !block.is_detached())?;
        let end = self.used.checked_add(length).filter(|end| *end <= block.len())?;
        let part = block.part(self.used, end);
        self.used = end.next_multiple_of(ALIGNMENT);
        Some(part)
    }
}

/// The blocks of this realm's pools that still live.
struct Blocks(JsWeakSet);

/// Whether an array buffer is a pool's: other buffers lie in it, so nobody may hand it over.
pub(crate) fn is_block(object: &JsObject, context: &mut Context) -> bool {
    let Some(blocks) = context.get_data::<Rc<Blocks>>().cloned() else { return false };
    blocks.0.has(object, context).unwrap_or(false)
}

fn make_block(size: usize, context: &mut Context) -> JsResult<JsValue> {
    let block: JsObject = construct::array_buffer(size, context)?.into();
    let blocks = match context.get_data::<Rc<Blocks>>() {
        Some(blocks) => blocks.clone(),
        None => {
            let blocks = Rc::new(Blocks(JsWeakSet::new(context)));
            context.insert_data(blocks.clone());
            blocks
        }
    };
    blocks.0.add(&block, context)?;
    Ok(block.into())
}

/// Allocations smaller than this share the pool: half of `Buffer.poolSize`, in bytes.
pub(super) fn limit(context: &mut Context) -> JsResult<usize> {
    Ok(pool_size(context)? >> 1)
}

fn pool_size(context: &mut Context) -> JsResult<usize> {
    let constructor = realm::of(context)?.constructor.clone();
    let size = constructor.get(js_string!("poolSize"), context)?;
    Ok(size.to_u32(context)? as usize)
}

/// Cuts `length` bytes off the pool, a new one if the present one is too short; they may hold
/// what an earlier user left there.
pub(super) fn take(length: usize, context: &mut Context) -> JsResult<View> {
    let realm = realm::of(context)?;
    if let Some(part) = realm.pool.borrow_mut().reserve(length) {
        return Ok(part);
    }
    let size = pool_size(context)?.max(length);
    let block = View::of_array_buffer(&make_block(size, context)?);
    let mut pool = realm.pool.borrow_mut();
    *pool = Pool { block, used: 0 };
    pool.reserve(length).ok_or_else(construct::allocation_failed)
}

/// A `Buffer` of `length` bytes whose content is arbitrary: from the pool if it is small.
pub(super) fn allocate(length: usize, context: &mut Context) -> JsResult<JsObject> {
    if length == 0 {
        return realm::of(context)?.construct(&[], context);
    }
    if length < limit(context)? {
        let part = take(length, context)?;
        return construct::over(&part, context);
    }
    let block = construct::array_buffer(length, context)?;
    realm::of(context)?.view(block.into(), 0, length, context)
}
