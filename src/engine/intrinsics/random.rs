//! `Math.random` with a generator of our own, so that a forked process can be seeded anew.
//!
//! The generator is xoshiro256++ 1.0 by David Blackman and Sebastiano Vigna (public domain).

use std::{
    cell::Cell,
    hash::{BuildHasher, RandomState},
    rc::Rc,
    time::SystemTime,
};

use boa_engine::{Context, JsResult, JsValue, js_string};

use crate::{
    engine::natives::{Method, define_methods},
    sys::{identity::pid, random::entropy},
};

const METHODS: &[Method] = &[("random", 0, random)];

/// The generator of a context; it has no state until it is used.
#[derive(Default)]
struct Generator(Cell<Option<[u64; 4]>>);

/// Puts our generator in the place of the engine's.
pub(super) fn install(context: &mut Context) -> JsResult<()> {
    context.insert_data(Rc::<Generator>::default());
    let math = context.global_object().get(js_string!("Math"), context)?;
    let math = math.to_object(context)?;
    define_methods(&math, METHODS, false, context);
    Ok(())
}

/// Makes the generator begin anew from a fresh seed, as every process made by a fork must.
pub(crate) fn reseed(context: &Context) {
    generator(context).0.set(None);
}

/// Makes the generator give the numbers of this seed: the same in every run.
pub(crate) fn seed_with(seed: u64, context: &Context) {
    generator(context).0.set(Some(spread(seed)));
}

/// A state of the generator for a seed, as its authors advise: by splitmix64.
fn spread(mut seed: u64) -> [u64; 4] {
    [(); 4].map(|()| {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    })
}

fn generator(context: &Context) -> Rc<Generator> {
    context.get_data::<Rc<Generator>>().expect("install put it into the context").clone()
}

/// `Math.random()`: one of the 2^53 multiples of 2^-53 from zero up to, not including, one.
fn random(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let generator = generator(context);
    let mut state = generator.0.get().unwrap_or_else(seed);
    let drawn = next(&mut state);
    generator.0.set(Some(state));
    Ok(JsValue::rational((drawn >> 11) as f64 / (1_u64 << 53) as f64))
}

fn seed() -> [u64; 4] {
    let mut state = [0; 4];
    match entropy() {
        Ok(bytes) => {
            for (word, bytes) in state.iter_mut().zip(bytes.chunks_exact(8)) {
                *word = bytes.iter().fold(0, |word, &byte| word << 8 | u64::from(byte));
            }
        }
        Err(_) => state = makeshift_seed(),
    }
    // The one state from which the generator never gets away.
    if state == [0; 4] { [1; 4] } else { state }
}

/// Where the kernel gives no random bytes: the clock and the process, mixed.
fn makeshift_seed() -> [u64; 4] {
    let hasher = RandomState::new();
    [0_u64, 1, 2, 3].map(|index| hasher.hash_one((index, SystemTime::now(), pid())))
}

/// xoshiro256++.
const fn next(state: &mut [u64; 4]) -> u64 {
    let result = state[0].wrapping_add(state[3]).rotate_left(23).wrapping_add(state[0]);
    let shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = state[3].rotate_left(45);
    result
}

#[cfg(test)]
mod tests {
    use super::{super::expressions, generator, next, reseed};

    #[test]
    fn the_generator_is_the_published_one() {
        // The first outputs of the authors' reference program from the state 1, 2, 3, 4.
        let mut state = [1, 2, 3, 4];
        let drawn: Vec<u64> = (0..4).map(|_| next(&mut state)).collect();
        assert_eq!(drawn, [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386]);
    }

    #[test]
    fn numbers_are_spread_over_the_unit_interval() {
        let source = "let sum = 0, low = 1, high = 0;
            for (let i = 0; i < 10000; i++) {
                const x = Math.random(); sum += x; low = Math.min(low, x); high = Math.max(high, x);
            }
            sum > 4700 && sum < 5300 && low >= 0 && low < 0.01 && high < 1 && high > 0.99";
        assert_eq!(expressions::evaluated(source, &mut expressions::context()), "true");
    }

    #[test]
    fn a_reseeded_generator_goes_another_way() {
        let context = &mut expressions::context();
        let draw = "Math.random()";
        expressions::evaluated(draw, context);
        let state = generator(context).0.get();
        let unchanged = expressions::evaluated(draw, context);
        generator(context).0.set(state);
        assert_eq!(expressions::evaluated(draw, context), unchanged);
        generator(context).0.set(state);
        reseed(context);
        assert_ne!(expressions::evaluated(draw, context), unchanged);
    }

    #[test]
    fn contexts_do_not_share_a_sequence() {
        let draws = || expressions::evaluated("Math.random()", &mut expressions::context());
        assert_ne!(draws(), draws());
    }
}
