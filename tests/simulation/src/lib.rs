//! The engine and a target in memory, while all that can go wrong does: at each call, in each order.
