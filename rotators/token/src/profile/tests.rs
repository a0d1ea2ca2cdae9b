//! What is shipped, and what is refused.

mod fixture;
mod mistakes;
mod shipped;
