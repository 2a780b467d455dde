//! Strings and arrays, in both directions.

use std::ffi::{CStr, CString, c_char};

/// What is wrong with an argument that should be a string.
#[derive(Clone, Copy)]
pub(crate) enum InvalidString {
    Null,
    NotUtf8,
}

/// Reads an argument that must be a string. It lives as long as the caller's
/// call: it is copied before the entry returns.
pub(crate) fn string<'a>(pointer: *const c_char) -> Result<&'a str, InvalidString> {
    if pointer.is_null() {
        return Err(InvalidString::Null);
    }
    // SAFETY: by contract `pointer` points to a string that ends in NUL and that
    // nobody changes during the call.
    let string = unsafe { CStr::from_ptr(pointer) };
    string.to_str().map_err(|_| InvalidString::NotUtf8)
}

/// Reads an argument that is an array of `count` handles or strings. NULL is an
/// empty one, and so is one that no memory can hold: `(size_t)-1` was no count.
pub(crate) fn slice<'a, T>(pointer: *const T, count: usize) -> &'a [T] {
    if pointer.is_null() || count > isize::MAX.unsigned_abs() / size_of::<T>() {
        return &[];
    }
    // SAFETY: by contract `pointer` points to `count` values that nobody
    // changes during the call; they are not larger than a slice may be.
    unsafe { std::slice::from_raw_parts(pointer, count) }
}

/// A string for C. NUL can't stand within one, so it is escaped as JSON does it.
pub(crate) fn c_string(string: impl Into<String>) -> CString {
    let string = string.into();
    let string = if string.contains('\0') { string.replace('\0', "\\u0000") } else { string };
    // There is no NUL left, so the default never comes about.
    CString::new(string).unwrap_or_default()
}

/// What a getter gives: NULL for what is absent.
pub(crate) fn pointer(string: Option<&CString>) -> *const c_char {
    string.map_or(std::ptr::null(), |string| string.as_ptr())
}

/// Takes back a string that was written out for the caller.
pub(crate) fn take_string(string: *mut c_char) -> Option<CString> {
    // SAFETY: by contract `string` is NULL or comes from `CString::into_raw`, and is given back once.
    (!string.is_null()).then(|| unsafe { CString::from_raw(string) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_is_escaped() {
        assert_eq!(c_string("a\0b").to_str(), Ok("a\\u0000b"));
    }
}
