//! What stands for a moment where many are remembered.

use std::hash::{DefaultHasher, Hash, Hasher};

/// 128 bits by which values are told apart.
pub(crate) fn fingerprint<T: Hash>(value: &T) -> u128 {
    let mut halves = [0_u64; 2];
    for (half, salt) in halves.iter_mut().zip([1_u8, 2]) {
        let mut hasher = DefaultHasher::new();
        hasher.write_u8(salt);
        value.hash(&mut hasher);
        *half = hasher.finish();
    }
    u128::from(halves[0]) << 64 | u128::from(halves[1])
}
