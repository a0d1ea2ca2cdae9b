//! Names and texts in statements that take no parameters. The tests hold both against the server's own functions.

pub use postgres_protocol::escape::{escape_identifier as identifier, escape_literal as literal};

/// The value of a setting as `ALTER ROLE … SET` takes it back. The server keeps lists of names ready quoted
/// (GUC_LIST_QUOTE); everything else is a text.
pub fn setting(name: &str, value: &str) -> String {
    const LISTS: [&str; 6] = [
        "search_path",
        "temp_tablespaces",
        "session_preload_libraries",
        "local_preload_libraries",
        "shared_preload_libraries",
        "unix_socket_directories",
    ];
    if !LISTS.contains(&name.to_ascii_lowercase().as_str()) {
        return literal(value);
    }
    let elements: Vec<String> = elements(value)
        .iter()
        .map(|element| literal(element))
        .collect();
    if elements.is_empty() {
        "''".into()
    } else {
        elements.join(", ")
    }
}

/// The elements of a list of names, in which one that is quoted may hold commas.
fn elements(list: &str) -> Vec<String> {
    let mut elements = vec![String::new()];
    let mut quoted = false;
    let mut chars = list.chars().peekable();
    while let Some(c) = chars.next() {
        let element = elements.last_mut().expect("never empty");
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                element.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => elements.push(String::new()),
            c if c.is_whitespace() && !quoted => {}
            c => element.push(c),
        }
    }
    elements.retain(|element| !element.is_empty());
    elements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(identifier("a\"b"), "\"a\"\"b\"");
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("a\\'b"), " E'a\\\\''b'");
    }

    #[test]
    fn lists_keep_their_elements() {
        assert_eq!(
            setting("search_path", "\"$user\", public, \"a, \"\"b\""),
            "'$user', 'public', 'a, \"b'"
        );
        assert_eq!(setting("search_path", "\"\""), "''");
        assert_eq!(setting("work_mem", "4, \"MB\""), "'4, \"MB\"'");
    }
}
