//! `--permission`: what is not allowed is denied, by whatever way.

mod executables;

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
use rjs::{Permissions, Runtime};
use serde_json::json;

fn rjs() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rjs"));
    command.env_remove("NODE_OPTIONS").env_remove("RJS_OPTIONS");
    command
}

/// `in`, which may be read, with `in/own`, which may be written; `out`, which may not be touched.
fn tree(name: &str) -> PathBuf {
    let root = std::env::temp_dir().join(format!("rjs-permission-{name}-{}", std::process::id()));
    for folder in ["in/own", "in/folder", "in/node_modules", "out/pkg"] {
        fs::create_dir_all(root.join(folder)).expect("a folder");
    }
    let files = ["in/file", "in/own/mine", "out/secret", "out/module.js", "out/module.mjs"];
    for file in files.into_iter().chain(["out/data.json"]) {
        fs::write(root.join(file), "1").expect("a file");
    }
    fs::write(root.join("out/pkg/package.json"), "{").expect("a file");
    fs::write(root.join("in/importer.mjs"), "import 'linked';").expect("a file");
    let links = [("out/secret", "in/secret-link"), ("out", "in/link"), ("in/link", "in/link-link")];
    let links =
        links.into_iter().chain([("out/new", "in/own/dangling"), ("out", "in/own/out-link")]);
    for (target, link) in
        links.chain([("in/file", "out/self"), ("out/pkg", "in/node_modules/linked")])
    {
        symlink(root.join(target), root.join(link)).expect("a link");
    }
    root
}

/// Nothing was added to `out`, and nothing taken away.
fn assert_untouched(root: &Path) {
    let mut left: Vec<_> = fs::read_dir(root.join("out"))
        .expect("it is there")
        .flatten()
        .map(|e| e.file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["data.json", "module.js", "module.mjs", "pkg", "secret", "self"]);
}

#[test]
fn no_way_around() {
    let root = tree("around");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/permission/attempts.js");
    let inherited = fs::File::open(root.join("out/secret")).expect("the file is there");
    let output = rjs()
        .arg("--permission")
        .arg(format!("--allow-fs-read={}", root.join("in").display()))
        .arg(format!("--allow-fs-write={}", root.join("in/own").display()))
        .arg(script)
        .arg(&root)
        .stdin(Stdio::from(inherited))
        .output()
        .expect("rjs starts");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(printed, "127 attempts\n", "{}", String::from_utf8_lossy(&output.stderr));
    assert_untouched(&root);
    fs::remove_dir_all(root).expect("the tree is there");
}

#[test]
fn what_is_allowed_works_and_children_may_no_more() {
    let root = tree("works");
    let script = root.join("in/script.js");
    let text = "const fs = require('fs'), cp = require('child_process');
        fs.writeFileSync(process.argv[2] + '/in/own/made', fs.readFileSync(process.argv[2] + '/in/file'));
        const has = 'console.log(process.permission.has(\"fs.read\", process.argv[1]), process.permission.has(\"child\"))';
        console.log(cp.execFileSync(process.execPath, ['-e', has, process.argv[2] + '/out/secret']).toString());
        console.log(cp.execFileSync(process.execPath, ['-e', has, process.argv[2] + '/in/file']).toString());";
    fs::write(&script, text).expect("a script");
    let output = rjs()
        .args(["--permission", "--allow-child-process", "--no-warnings"])
        .arg(format!("--allow-fs-read={}", root.join("in").display()))
        .arg(format!("--allow-fs-write={}", root.join("in/own").display()))
        .arg(&script)
        .arg(&root)
        .output()
        .expect("rjs starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "false true\n\ntrue true\n\n", "{errors}");
    assert_eq!(fs::read_to_string(root.join("in/own/made")).expect("it was made"), "1");
    fs::remove_dir_all(root).expect("the tree is there");
}

/// Programs in `bin`, of which `tool` may be started, and links to them.
fn programs(root: &Path) {
    for folder in ["bin", "links"] {
        fs::create_dir_all(root.join(folder)).expect("a folder");
    }
    for name in ["bin/tool", "bin/other"] {
        executables::copy("/bin/true", &root.join(name));
    }
    symlink(root.join("bin/tool"), root.join("bin/link")).expect("a link");
    symlink(root.join("bin/other"), root.join("links/tool")).expect("a link");
    fs::write(root.join("in/env"), "MINE_FILE=1\nHIDDEN=x\n").expect("a file");
    let reader = include_str!("permission/reader.js");
    fs::write(root.join("in/reader.js"), reader).expect("a script");
}

#[test]
fn programs_variables_and_children_are_no_way_around() {
    let root = tree("programs");
    programs(&root);
    let script = root.join("in/programs.js");
    fs::write(&script, include_str!("permission/programs.js")).expect("a script");
    let output = rjs()
        .args(["--permission", "--allow-env=SHOWN,MINE_*", "--allow-run=rjs", "--no-warnings"])
        .arg(format!("--allow-run={}", root.join("bin/tool").display()))
        .arg(format!("--allow-fs-read={}", root.join("in").display()))
        .args(["--allow-fs-read=/proc", "--allow-fs-read=/bin/true"])
        .arg(format!("--allow-fs-write={}", root.join("in/own").display()))
        .arg(&script)
        .arg(&root)
        .env("SHOWN", "1")
        .env("MINE_X", "2")
        .env("HIDDEN", "hidden value")
        .env("RJS_WARM_FORK", "1")
        .current_dir(&root)
        .output()
        .expect("rjs starts");
    let printed = String::from_utf8_lossy(&output.stdout);
    let expected = "63 attempts\nstatus 0 1 2 true\n";
    assert_eq!(printed, expected, "{}", String::from_utf8_lossy(&output.stderr));
    fs::remove_dir_all(root).expect("the tree is there");
}

#[test]
fn threads_may_no_more_than_their_program() {
    let root = tree("threads");
    programs(&root);
    let script = root.join("in/thread.js");
    fs::write(&script, include_str!("permission/thread.js")).expect("a script");
    let output = rjs()
        .args(["--permission", "--allow-worker", "--no-warnings", "--allow-env=SHOWN"])
        .arg(format!("--allow-run={}", root.join("bin/tool").display()))
        .arg(format!("--allow-fs-read={}", root.join("in").display()))
        .arg(&script)
        .arg(&root)
        .env("HIDDEN", "x")
        .output()
        .expect("rjs starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    let expected = "read ERR_ACCESS_DENIED FileSystemRead\nwrite ERR_ACCESS_DENIED FileSystemWrite\n\
        run ERR_ACCESS_DENIED Run\nenv ERR_ACCESS_DENIED Env\npass ERR_ACCESS_DENIED Env\n\
        thread ERR_ACCESS_DENIED Env\nnet ERR_ACCESS_DENIED Net\nhidden\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{errors}");
    fs::remove_dir_all(root).expect("the tree is there");
}

#[test]
fn who_races_himself_sees_nothing() {
    let root = tree("race");
    fs::create_dir(root.join("in/own/room")).expect("a folder");
    fs::write(root.join("in/own/room/secret"), "mine").expect("a file");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/permission/race.js");
    let output = rjs()
        .args(["--permission", "--no-warnings"])
        .arg(format!("--allow-fs-read={}", root.join("in").display()))
        .arg(format!("--allow-fs-write={}", root.join("in/own").display()))
        .arg(script)
        .arg(&root)
        .output()
        .expect("rjs starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "[]\n", "{errors}");
    assert_untouched(&root);
    fs::remove_dir_all(root).expect("the tree is there");
}

#[test]
fn who_is_helped_to_race_sees_and_changes_nothing() {
    let root = tree("raced");
    let (door, other) = (root.join("in/own/door"), root.join("in/own/out-link"));
    fs::create_dir(&door).expect("a folder");
    fs::write(door.join("secret"), "mine").expect("a file");
    let state = |name: &str| {
        let file = fs::metadata(root.join("out").join(name)).expect("it is there");
        (file.len(), file.permissions(), file.modified().expect("it has a time"))
    };
    let files = ["secret", "module.js", "data.json", "pkg/package.json"];
    let before = files.map(state);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/permission/raced.js");
    let mut child = rjs()
        .args(["--permission", "--no-warnings"])
        .arg(format!("--allow-fs-read={}", root.join("in").display()))
        .arg(format!("--allow-fs-write={}", root.join("in/own").display()))
        .arg(script)
        .args([root.as_os_str(), "50".as_ref()])
        .stdout(Stdio::piped())
        .spawn()
        .expect("rjs starts");
    while child.try_wait().expect("it can be asked").is_none() {
        for _ in 0..500 {
            // It may take the door away itself for a moment.
            let _ = renameat2(AT_FDCWD, &door, AT_FDCWD, &other, RenameFlags::RENAME_EXCHANGE);
        }
    }
    let output = child.wait_with_output().expect("it has ended");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "[]\n");
    assert_eq!(files.map(state), before);
    assert_untouched(&root);
    fs::remove_dir_all(root).expect("the tree is there");
}

#[test]
fn a_script_that_is_granted_is_run_by_who_would_run_it() {
    let root = tree("scripts");
    programs(&root);
    let granted = root.join("bin/granted");
    executables::write(&granted, "#!/usr/bin/env tool\n");
    let script = root.join("in/script.js");
    let text = "const cp = require('child_process');
        const file = process.argv[2], planted = '/planted', own = process.env.PATH;
        const raw = (...envPairs) => {
          const child = new cp.ChildProcess();
          child.spawn({ file, args: [file], envPairs });
        };
        const ways = [
          () => cp.spawnSync(file, { env: { PATH: planted } }), () => cp.spawn(file, { env: { PATH: `${planted}:${own}` } }),
          () => cp.spawn(file, { env: { [`PATH=${planted}:`]: '' } }), () => raw(`PATH=${own}`, `PATH=${planted}`),
          () => cp.spawn(file, { env: { BASH_ENV: planted } }), () => process.execve(file, [file], { PATH: planted }),
        ];
        for (const way of ways) {
          try { way(); console.log('STARTED'); } catch ({ code, permission, resource }) { console.log(code, permission, resource); }
        }
        process.env.PATH = planted;
        try { cp.spawn(file); console.log('STARTED'); } catch ({ resource }) { console.log(resource); }
        process.env.PATH = own;
        console.log(cp.spawnSync(file).status, cp.spawnSync(file, { env: { PATH: own } }).status);
        raw(`PATH=${planted}`, `PATH=${own}`);";
    fs::write(&script, text).expect("a script");
    let path = std::env::var("PATH").unwrap_or_default();
    let output = rjs()
        .args(["--permission", "--no-warnings"])
        .arg(format!("--allow-run={}", granted.display()))
        .args([&script, &granted])
        .env("PATH", format!("{}:{path}", root.join("bin").display()))
        .output()
        .expect("rjs starts");
    let denied = |variable: &str| format!("ERR_ACCESS_DENIED Run {variable}\n");
    let expected = [denied("PATH").repeat(4), denied("BASH_ENV"), denied("PATH")].concat();
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(printed, format!("{expected}PATH\n0 0\n"), "{errors}");
    fs::remove_dir_all(root).expect("the tree is there");
}

#[test]
fn a_star_in_the_path_of_the_script_grants_nothing_else() {
    let root = tree("star");
    let script = root.join("in/own/m*.js");
    fs::write(&script, "console.log(['mine', 'm', 'm*.js'].map((name) => process.permission.has('fs.read', `${__dirname}/${name}`)))")
        .expect("a script");
    for preload in [false, true] {
        let mut command = rjs();
        command.arg("--permission");
        if preload {
            command.arg("-r").arg(&script);
        }
        let output = command.arg(&script).output().expect("rjs starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        let printed = String::from_utf8_lossy(&output.stdout);
        assert_eq!(printed, "[ false, false, true ]\n", "{errors}");
    }
    fs::remove_dir_all(root).expect("the tree is there");
}

#[test]
fn relative_grants_begin_in_the_folder_of_the_runtime() {
    let root = tree("relative");
    programs(&root);
    // There is a `src` where the tests run, too.
    fs::create_dir(root.join("src")).expect("a folder");
    let permissions = Permissions::none()
        .allow_fs_read("src")
        .allow_fs_read("./in/f*")
        .allow_fs_write("in/own/")
        .allow_run("./bin/tool");
    let mut runtime =
        Runtime::builder().cwd(&root).permissions(permissions).build().expect("a runtime");
    let here = std::env::current_dir().expect("a folder");
    let text = format!(
        "['src/x', 'in/file', 'in/own', {:?}].map((path) => process.permission.has('fs.read', path))
          .concat(process.permission.has('fs.write', 'in/own/x'), process.permission.has('run', './bin/tool'),
            process.permission.has('run', './bin/other'))",
        here.join("src")
    );
    let told = runtime.eval(&text).expect("a list");
    assert_eq!(told, json!([true, true, false, false, true, true, false]));
    drop(runtime);
    fs::remove_dir_all(root).expect("the tree is there");
}

#[test]
fn node_is_told_no_more_than_its_parent_may() {
    let root = tree("node");
    programs(&root);
    executables::copy("/bin/true", &root.join("bin/node"));
    let script = root.join("in/script.js");
    let text = "const cp = require('child_process'), [, , root] = process.argv, node = root + '/bin/node';
        const outcome = (args, env) => {
          try { return cp.spawnSync(node, args, { env }).status; } catch ({ code, permission, resource }) { return `${code} ${permission} ${resource}`; }
        };
        const more = [['--no-permission'], ['--permission', '--allow-fs-read=*'], ['--allow_fs_read', '/'], ['--allow-child-process'],
          ['--run', 'x'], ['-r', './x', '--no-permission'], ['--permission', `--allow-fs-read=${root}/out`]];
        for (const args of more) console.log(outcome(args).replace(root, ''));
        for (const options of ['--no-permission', '--permission --allow-fs-read=*', '\"--allow-net\"']) console.log(outcome([], { NODE_OPTIONS: options }));
        const fine = [[['x.js', '--color']], [['--permission', `--allow-fs-read=${root}/in/own`]], [[], { NODE_OPTIONS: '--max-old-space-size=100' }]];
        console.log(fine.map(([args, env]) => outcome(args, env)));";
    fs::write(&script, text).expect("a script");
    let output = rjs()
        .args(["--permission", "--no-warnings"])
        .arg(format!("--allow-fs-read={}", root.join("in").display()))
        .arg(format!("--allow-run={}", root.join("bin/node").display()))
        .arg(&script)
        .arg(&root)
        .output()
        .expect("rjs starts");
    let denied = [
        "--no-permission",
        "--allow-fs-read=*",
        "--allow_fs_read",
        "--allow-child-process",
        "--run",
        "--no-permission",
        "--allow-fs-read=/out",
        "--no-permission",
        "--allow-fs-read=*",
        "--allow-net",
    ];
    let denied = denied.map(|word| format!("ERR_ACCESS_DENIED Run {word}\n")).concat();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        format!("{denied}[ 0, 0, 0 ]\n"),
        "{errors}"
    );
    fs::remove_dir_all(root).expect("the tree is there");
}

/// A folder below one that may be read is exchanged for a link again and again while it is listed.
#[test]
fn a_list_of_all_below_leads_through_no_link_that_comes_meanwhile() {
    let root = tree("list");
    let room = root.join("in/own/room");
    fs::create_dir(&room).expect("a folder");
    for number in 0..50 {
        fs::create_dir_all(room.join(format!("{number}/x/y"))).expect("a folder");
    }
    let script = root.join("in/own/list.js");
    let text = "const fs = require('fs'), [, , root] = process.argv, room = root + '/in/own/room';
        let seen = 0;
        for (let i = 0; i < 200; i++) {
          let names = [];
          try { names = fs.readdirSync(room, { recursive: true }); } catch { }
          seen += names.filter((name) => name.includes('secret')).length;
        }
        console.log(seen);";
    fs::write(&script, text).expect("a script");
    let mut child = rjs()
        .args(["--permission", "--no-warnings"])
        .arg(format!("--allow-fs-read={}", root.join("in").display()))
        .args([&script, &root])
        .stdout(Stdio::piped())
        .spawn()
        .expect("rjs starts");
    let (folder, link) = (room.join("25"), root.join("in/own/other"));
    symlink(root.join("out"), &link).expect("a link");
    let aside = room.join("aside");
    while child.try_wait().expect("it is ours").is_none() {
        fs::rename(&folder, &aside).expect("it is there");
        fs::rename(&link, &folder).expect("it is there");
        fs::rename(&folder, &link).expect("it is there");
        fs::rename(&aside, &folder).expect("it is there");
    }
    let output = child.wait_with_output().expect("it has ended");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0\n");
    fs::remove_dir_all(root).expect("the tree is there");
}
