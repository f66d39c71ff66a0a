//! The contract, kept by every operation.
