//! A static library of Rust that a program has besides ours: with a standard library of its
//! own, whose panics it catches.

/// Whether a panic was caught here.
#[unsafe(no_mangle)]
pub extern "C" fn other_catches_a_panic() -> bool {
    std::panic::set_hook(Box::new(|_| {}));
    std::panic::catch_unwind(|| {
        let none: Vec<String> = std::iter::empty().collect();
        none[0].len()
    })
    .is_err()
}
