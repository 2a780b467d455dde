//! The changelog of a release.

use super::version::Version;
use crate::Result;

const UNRELEASED: &str = "## Unreleased\n";

/// The changelog with what was unreleased under `version` and its date.
pub(super) fn released(changelog: &str, version: Version, date: &str) -> Result<String> {
    let parts: Vec<&str> = changelog.split(UNRELEASED).collect();
    let [before, after] = parts.as_slice() else {
        return Err(format!("the changelog should have one line {}", UNRELEASED.trim_end()));
    };
    let changes = after.split("\n## ").next().unwrap_or_default();
    if !changes.lines().any(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        return Err("the changelog names nothing that is unreleased".to_owned());
    }
    Ok(format!("{before}{UNRELEASED}\n## {version} - {date}\n{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSION: Version = Version { major: 0, minor: 2, patch: 0 };

    #[test]
    fn what_was_unreleased_gets_the_version() {
        let changelog =
            "# Changelog\n\n## Unreleased\n\n### Added\n- That.\n\n## 0.1.0 - 2026-01-01\n- This.\n";
        let expected = "# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2026-12-01\n\n### Added\n- That.\n\n\
                        ## 0.1.0 - 2026-01-01\n- This.\n";
        assert_eq!(released(changelog, VERSION, "2026-12-01").unwrap(), expected);
    }

    #[test]
    fn a_release_of_nothing_is_refused() {
        for changelog in [
            "# Changelog\n\n## Unreleased\n\n## 0.1.0 - 2026-01-01\n- This.\n",
            "# Changelog\n\n## Unreleased\n\n### Added\n\n## 0.1.0 - 2026-01-01\n- This.\n",
            "# Changelog\n\n## Unreleased\n",
            "# Changelog\n\n## 0.1.0 - 2026-01-01\n- This.\n",
        ] {
            assert!(released(changelog, VERSION, "2026-12-01").is_err(), "{changelog}");
        }
    }
}
