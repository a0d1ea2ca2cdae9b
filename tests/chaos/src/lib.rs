//! Real functions and real servers, while things go wrong: whether anybody is locked out.
