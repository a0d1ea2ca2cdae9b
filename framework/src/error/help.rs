//! Where a person reads on about an error.

/// The section of the book that says what to do about errors of this type, and what to type. It is a path in the project's
/// repository, with the anchor.
pub(crate) fn help(error_type: &str) -> String {
    let anchor = error_type.replace('.', "").to_lowercase();
    format!("docs/book/src/troubleshooting.md#{anchor}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_is_the_heading_of_the_section() {
        let section = "docs/book/src/troubleshooting.md#rotationsecretvalue";
        assert_eq!(help("Rotation.SecretValue"), section);
    }
}
