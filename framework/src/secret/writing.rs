//! Whether a secret may be serialised now. Serde hands a serializer through derived code, so the answer cannot come as an argument:
//! it stands beside the thread, for as long as one call of serde takes.

use std::cell::Cell;

thread_local! {
    static ALLOWED: Cell<bool> = const { Cell::new(false) };
}

/// Calls `write`, in which secrets are written with their values.
pub(crate) fn writing<T>(write: impl FnOnce() -> T) -> T {
    let _before = Before(ALLOWED.replace(true));
    write()
}

/// Whether this is within [`writing`].
pub(super) fn allowed() -> bool {
    ALLOWED.get()
}

/// What held before. It holds again when this is dropped, after a panic too.
struct Before(bool);

impl Drop for Before {
    fn drop(&mut self) {
        ALLOWED.set(self.0);
    }
}
