//! Whether a request that begins is for the API, told from its first bytes.

use crate::server::own_paths;

/// A method longer than this is none of HTTP's.
const MAX_METHOD: usize = 16;

/// What the bytes so far say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// Too few to tell.
    Unclear,
    /// A path of the sandbox's own, which takes no fault.
    Own,
    Api,
}

/// The first bytes of a request, fed as they arrive.
#[derive(Debug, Default)]
pub(crate) struct FirstBytes(Vec<u8>);

impl FirstBytes {
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Opening {
        let room = MAX_METHOD + own_paths::PREFIX.len() + 1;
        self.0.extend(bytes.iter().take(room - self.0.len()));
        let opening = classify(&self.0);
        if opening != Opening::Unclear {
            self.0.clear();
        }
        opening
    }
}

fn classify(line: &[u8]) -> Opening {
    let Some(method) = line.iter().position(|byte| *byte == b' ') else {
        return if line.len() < MAX_METHOD { Opening::Unclear } else { Opening::Api };
    };
    let target = &line[method + 1..];
    let prefix = own_paths::PREFIX.as_bytes();
    let known = target.len().min(prefix.len());
    match target {
        [] | b"/" => Opening::Unclear,
        [b'/', b' ' | b'?', ..] => Opening::Own,
        _ if target[..known] != prefix[..known] => Opening::Api,
        _ if known == prefix.len() => Opening::Own,
        _ => Opening::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_is_told_from_the_rest_however_the_bytes_arrive() {
        let mut first = FirstBytes::default();
        for (pieces, opening) in [
            (&["POST /partner/x"][..], Opening::Api),
            (&["P", "OST", " ", "/", "p"], Opening::Api),
            (&["POST /sandbox/control HTTP/1.1"], Opening::Own),
            (&["POST /s", "andbox/"], Opening::Own),
            (&["POST /sandbox", " HTTP/1.1"], Opening::Api),
            (&["GET / HTTP/1.1"], Opening::Own),
            (&["GET /", "?x HTTP/1.1"], Opening::Own),
            (&["GET http://127.0.0.1/"], Opening::Api),
            (&["0123456789abcdef"], Opening::Api),
        ] {
            let (last, before) = pieces.split_last().unwrap();
            for piece in before {
                assert_eq!(first.feed(piece.as_bytes()), Opening::Unclear, "{pieces:?}");
            }
            assert_eq!(first.feed(last.as_bytes()), opening, "{pieces:?}");
        }
    }
}
