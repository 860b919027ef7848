//! What is kept from one message to the next: property keys, and the names that shapes have.

use std::{cell::RefCell, rc::Rc};

use boa_engine::Context;

use crate::engine::intrinsics::json::{KeyCache, ShapeCache};

/// See the module. Get it with [`Caches::of`].
#[derive(Default)]
pub(crate) struct Caches {
    pub(super) keys: RefCell<KeyCache>,
    pub(super) shapes: RefCell<ShapeCache>,
}

impl Caches {
    /// Those of this context.
    pub(crate) fn of(context: &mut Context) -> Rc<Self> {
        if let Some(caches) = context.get_data::<Rc<Self>>() {
            return caches.clone();
        }
        let caches = Rc::new(Self::default());
        context.insert_data(caches.clone());
        caches
    }
}
