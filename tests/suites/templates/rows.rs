//! The table.

mod function;
mod keys;
mod users;
mod whole;

use crate::row::Row;

pub(crate) fn all() -> impl Iterator<Item = &'static Row> {
    [keys::ROWS, whole::ROWS, users::ROWS, function::ROWS]
        .into_iter()
        .flatten()
}
