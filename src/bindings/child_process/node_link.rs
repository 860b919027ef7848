//! The command `node` for children: programs say `spawn('node', …)` and `#!/usr/bin/env node`.
//!
//! Where the PATH that a child is given has no `node`, a folder with a link of this name to our own
//! executable goes to its end; with `--as-node` it goes to the front. It is made with the first
//! child that needs it, and removed when the program ends.

use std::{
    cell::RefCell,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    rc::Rc,
};

use boa_engine::Context;

use crate::{
    bindings::process::{self, launch},
    sys::private_link::PrivateLink,
};

/// How the folders of this user's processes begin.
const PREFIX: &str = "rjs-node";

/// What a realm knows of its link.
#[derive(Default)]
struct NodeLink {
    link: RefCell<Option<PrivateLink>>,
    /// The last PATH that was asked about, and what it became.
    last: RefCell<Option<(String, Option<String>)>>,
}

fn of(context: &mut Context) -> Rc<NodeLink> {
    if let Some(link) = context.get_data::<Rc<NodeLink>>() {
        return link.clone();
    }
    let link = Rc::new(NodeLink::default());
    context.insert_data(link.clone());
    link
}

/// The PATH to give a child instead of this one, if it is to be another.
pub(super) fn extended(path: &str, context: &mut Context) -> Option<String> {
    let launch = &process::state(context).launch;
    let (mode, target) = (launch.node_command, launch.exec_path.clone());
    if mode == launch::NodeCommand::OfPath {
        return None;
    }
    let state = of(context);
    if let Some((known, extended)) = &*state.last.borrow()
        && known == path
    {
        return extended.clone();
    }
    let extended = state.extend(path, mode, Path::new(&target));
    *state.last.borrow_mut() = Some((path.to_owned(), extended.clone()));
    extended
}

/// Removes the link, if there is one: the program has ended.
pub(crate) fn remove_node_link(context: &mut Context) {
    if let Some(state) = context.get_data::<Rc<NodeLink>>() {
        state.link.take();
        state.last.take();
    }
}

impl NodeLink {
    fn extend(&self, path: &str, mode: launch::NodeCommand, target: &Path) -> Option<String> {
        let is_front = mode == launch::NodeCommand::Own;
        let found = find(path);
        let is_there = match &found {
            Some(found) if is_front => leads_to(found, target),
            found => found.is_some(),
        };
        if is_there {
            return None;
        }
        let mut link = self.link.borrow_mut();
        if link.is_none() {
            // Where nothing can be made there is no such command, as before.
            *link = PrivateLink::new(PREFIX, "node", target).ok();
        }
        let folder = link.as_ref()?.folder().to_str()?;
        Some(match (path, is_front) {
            ("", _) => folder.to_owned(),
            (path, true) => format!("{folder}:{path}"),
            (path, false) => format!("{path}:{folder}"),
        })
    }
}

/// The first `node` of a PATH.
fn find(path: &str) -> Option<PathBuf> {
    let candidates = path.split(':').filter(|folder| !folder.is_empty());
    candidates.map(|folder| Path::new(folder).join("node")).find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    std::fs::metadata(file)
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

fn leads_to(file: &Path, target: &Path) -> bool {
    match (file.canonicalize(), target.canonicalize()) {
        (Ok(file), Ok(target)) => file == target,
        _ => false,
    }
}
