//! stub
use russh::keys::PublicKey;
pub(crate) fn add(_: &[u8], _: &PublicKey, _: &str) -> Option<Vec<u8>> {
    None
}
pub(crate) fn remove(_: &[u8], _: &PublicKey) -> Option<Vec<u8>> {
    None
}
pub(crate) fn options_of(_: &[u8], _: &PublicKey) -> Option<String> {
    None
}
