//! Answers in XML, as IAM, EC2 and CloudWatch give them.

use roxmltree::Node;

/// The text of the first element with this tag, however deep.
pub(super) fn first(node: Node<'_, '_>, tag: &str) -> Option<String> {
    let mut all = node.descendants();
    let found = all.find(|node| node.tag_name().name() == tag)?;
    found.text().map(|text| text.trim().to_owned())
}

/// The text of the child with this tag. It is empty if there is none.
pub(super) fn text(node: Node<'_, '_>, tag: &str) -> String {
    let text = child(node, tag).and_then(|child| child.text());
    text.map_or_else(String::new, |text| text.trim().to_owned())
}

/// Whether the child with this tag says so.
pub(super) fn is(node: Node<'_, '_>, tag: &str) -> bool {
    text(node, tag) == "true"
}

/// The members of the list with this tag.
pub(super) fn list<'a, 'input>(
    node: Node<'a, 'input>,
    tag: &str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    let members = child(node, tag).into_iter();
    members.flat_map(|list| list.children().filter(Node::is_element))
}

/// The texts of the list's members.
pub(super) fn texts(node: Node<'_, '_>, tag: &str) -> Vec<String> {
    let members = list(node, tag);
    let texts = members.filter_map(|member| member.text());
    texts.map(|text| text.trim().to_owned()).collect()
}

/// The child of this path of tags.
pub(super) fn child<'a, 'input>(node: Node<'a, 'input>, tag: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.tag_name().name() == tag)
}
