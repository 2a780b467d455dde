//! What a loss of power leaves of a folder.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// What a disk writes as one.
const SECTOR: usize = 512;

/// Makes of a folder what is left of it: what was synced, which is in `shadow`, and of the
/// rest each sector with the probability `luck`.
pub fn lose_power(folder: &Path, shadow: &Path, luck: f64, random: &mut fastrand::Rng) {
    let mut current = HashMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        current.insert(path.metadata().unwrap().ino(), fs::read(&path).unwrap());
        fs::remove_file(path).unwrap();
    }
    let names = fs::read_to_string(shadow.join("names")).unwrap_or_default();
    for line in names.lines() {
        let (inode, name) = line.split_once(' ').unwrap();
        let synced = fs::read(shadow.join(inode)).unwrap_or_default();
        let written = current.get(&inode.parse().unwrap()).unwrap_or(&synced);
        fs::write(folder.join(name), mixed(&synced, written, luck, random)).unwrap();
    }
    // Other files have these numbers from now on.
    for entry in fs::read_dir(shadow).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let mut names = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let inode = path.metadata().unwrap().ino();
        fs::copy(&path, shadow.join(inode.to_string())).unwrap();
        names.push_str(&format!("{inode} {}\n", path.file_name().unwrap().to_str().unwrap()));
    }
    fs::write(shadow.join("names"), names).unwrap();
}

fn mixed(synced: &[u8], written: &[u8], luck: f64, random: &mut fastrand::Rng) -> Vec<u8> {
    let length = if random.f64() < luck { written.len() } else { synced.len() };
    let mut left = Vec::with_capacity(length);
    while left.len() < length {
        let at = left.len();
        let end = (at + SECTOR).min(length);
        let source = if random.f64() < luck { written } else { synced };
        let bytes = source.get(at..source.len().min(end)).unwrap_or_default();
        left.extend_from_slice(bytes);
        // Room without contents.
        left.resize(end, 0);
    }
    left
}
