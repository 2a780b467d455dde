//! Versions as they are released.

use std::fmt;

use crate::Result;

/// Three numbers: what every registry takes and writes alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    pub(super) major: u32,
    pub(super) minor: u32,
    pub(super) patch: u32,
}

/// `PM_VERSION_NUMBER` of the C header has two digits for the last two numbers each.
const MAX: u32 = 99;

impl Version {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let number = |part: &str| {
            let number: u32 = part.parse().ok()?;
            // No sign, and no zero before it.
            (number.to_string() == part).then_some(number)
        };
        let numbers: Option<Vec<u32>> = text.split('.').map(number).collect();
        match numbers.as_deref() {
            Some(&[major, minor, patch]) if minor <= MAX && patch <= MAX => Ok(Self { major, minor, patch }),
            _ => Err(format!("{text} is no version: three numbers, the last two of them up to {MAX}")),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_three_numbers() {
        assert_eq!(Version::parse("10.2.0").unwrap().to_string(), "10.2.0");
        for not in ["1.2", "1.2.3.4", "v1.2.3", "1.2.3-rc.1", "1.02.3", "1.+2.3", "1.2.", "1.100.0", ""] {
            assert!(Version::parse(not).is_err(), "{not}");
        }
    }

    #[test]
    fn they_are_compared_by_their_numbers() {
        let version = |text| Version::parse(text).unwrap();
        assert!(version("0.10.0") > version("0.9.9") && version("1.0.0") > version("0.99.99"));
        assert!(version("1.2.3") <= version("1.2.3"));
    }
}
