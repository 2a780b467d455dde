//! Whether a request that begins is for the control endpoint, told from its first bytes.

use crate::control;

/// What the bytes so far say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// Too few to tell.
    Unclear,
    Control,
    Api,
}

/// The first bytes of a request, fed as they arrive.
#[derive(Debug, Default)]
pub(crate) struct FirstBytes {
    matched: usize,
}

impl FirstBytes {
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Opening {
        let line = [b"POST ".as_slice(), control::PATH.as_bytes()].concat();
        let rest = &line[self.matched..];
        let known = rest.len().min(bytes.len());
        let opening = if bytes[..known] != rest[..known] {
            Opening::Api
        } else if known == rest.len() {
            Opening::Control
        } else {
            Opening::Unclear
        };
        self.matched = match opening {
            Opening::Unclear => self.matched + known,
            _ => 0,
        };
        opening
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_is_told_from_the_api_however_the_bytes_arrive() {
        let mut first = FirstBytes::default();
        assert_eq!(first.feed(b"POST /partner/x"), Opening::Api);
        assert_eq!(first.feed(b"POST /sandbox/control HTTP/1.1"), Opening::Control);
        assert_eq!(first.feed(b"POST /s"), Opening::Unclear);
        assert_eq!(first.feed(b"andbox/control"), Opening::Control);
        assert_eq!(first.feed(b"P"), Opening::Unclear);
        assert_eq!(first.feed(b"UT"), Opening::Api);
        assert_eq!(first.feed(b"G"), Opening::Api);
    }
}
