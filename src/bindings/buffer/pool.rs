//! The pool that small unsafe allocations are cut from (Node: `Buffer.poolSize`).

use boa_engine::{Context, JsObject, JsResult, js_string};

use super::{construct, realm};

/// Slices begin at multiples of this many bytes, so that typed arrays can view them.
const ALIGNMENT: usize = 8;

/// One array buffer, handed out from its beginning to its end.
#[derive(Default)]
pub(crate) struct Pool {
    block: Option<JsObject>,
    size: usize,
    used: usize,
}

impl Pool {
    /// What `Buffer.poolSize` starts with, in bytes.
    pub(super) const DEFAULT_SIZE: u32 = 8 * 1024;

    fn reserve(&mut self, length: usize) -> Option<(JsObject, usize)> {
        let block = self.block.clone().filter(|_| length <= self.size - self.used)?;
        let offset = self.used;
        self.used = (offset + length).next_multiple_of(ALIGNMENT).min(self.size);
        Some((block, offset))
    }
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
pub(super) fn take(length: usize, context: &mut Context) -> JsResult<(JsObject, usize)> {
    let realm = realm::of(context)?;
    if let Some(place) = realm.pool.borrow_mut().reserve(length) {
        return Ok(place);
    }
    let size = pool_size(context)?.max(length);
    let block = JsObject::from(construct::array_buffer(size, context)?);
    *realm.pool.borrow_mut() = Pool { block: Some(block.clone()), size, used: 0 };
    Ok(realm.pool.borrow_mut().reserve(length).unwrap_or((block, 0)))
}

/// A `Buffer` of `length` bytes whose content is arbitrary: from the pool if it is small.
pub(super) fn allocate(length: usize, context: &mut Context) -> JsResult<JsObject> {
    let realm = realm::of(context)?;
    if length == 0 {
        return realm.construct(&[], context);
    }
    if length < limit(context)? {
        let (block, offset) = take(length, context)?;
        return realm.view(block, offset, length, context);
    }
    let block = construct::array_buffer(length, context)?;
    realm.view(block.into(), 0, length, context)
}
