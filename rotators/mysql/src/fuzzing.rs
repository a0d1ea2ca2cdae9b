//! What `scripts/fuzz` hands random input to.

use crate::grants::properties;

/// Rows of SHOW GRANTS for `app`@`%`, one a line.
pub fn grants(rows: &str) {
    let rows: Vec<String> = rows.split('\n').map(ToOwned::to_owned).collect();
    let account = ("app".to_owned(), "%".to_owned());
    properties::are_read(&rows, &account);
    rows.iter()
        .for_each(|row| properties::is_whole(row, &account));
}
