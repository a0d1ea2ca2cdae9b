//! Values that must not be rotated: of AWSCURRENT, found before a version is stored; of AWSPENDING and of the admin's
//! secret, found before the server is touched.

mod admin;
mod current;
mod pending;

const VALUE: &str = "Rotation.SecretValue";
const REFUSED: &str = "Rotation.TargetRefused";
