//! Copies of the data folder, and what the doctor says of them.

use super::Folder;

#[test]
fn a_copy_taken_back_answers_the_same() {
    let folder = Folder::shop();
    let copy = folder.0.path().join("copy").to_str().unwrap().to_owned();
    assert_eq!(folder.json(&["backup", &copy])["events"], 269);
    let report = folder.ok(&["report", "--site", "shop"]);
    folder.fails(&["restore", &copy], 1, &["error:"]);
    std::fs::remove_dir_all(folder.path()).unwrap();
    folder.ok(&["restore", &copy]);
    assert_eq!(folder.ok(&["report", "--site", "shop"]), report);
    assert_eq!(folder.json(&["doctor"])["sound"], true);
    folder.fails(&["backup", &copy], 1, &["error:"]);
}

#[test]
fn the_doctor_sees_a_flipped_byte() {
    let folder = Folder::shop();
    assert_eq!(folder.json(&["doctor"])["events"], 269);
    let month = folder.path().join("segments/shop");
    let mut files = Vec::new();
    for month in std::fs::read_dir(month).unwrap() {
        files.extend(std::fs::read_dir(month.unwrap().path()).unwrap().map(|file| file.unwrap().path()));
    }
    let file = &files[0];
    let mut bytes = std::fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(file, bytes).unwrap();
    let ran = folder.run(&["doctor"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("error:") && ran.out.contains("restore the file from a backup"), "{}", ran.out);
}

#[test]
fn the_doctor_sees_a_broken_catalog() {
    let folder = Folder::shop();
    let file = folder.path().join("catalog.sqlite");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[4096..4196].fill(0xff);
    std::fs::write(file, bytes).unwrap();
    let ran = folder.run(&["doctor"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("catalog"), "{}", ran.out);
}
