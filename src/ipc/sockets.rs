//! Which connections of a server live in which process: what `server.getConnections` counts, and what
//! `server.close` waits for.
//!
//! A socket that goes to another process is counted there, under the key of the server that accepted
//! it. The sender asks for the count, and to be told when the last one is closed.

use std::collections::HashMap;

/// What the sender of sockets asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// How many are open.
    Count,
    /// To be told when none is.
    Close,
}

#[derive(Debug)]
struct Asked<T> {
    key: String,
    question: Question,
    token: T,
}

/// The sockets of one key that came from the peer.
#[derive(Debug, Default)]
struct Received {
    open: u32,
    /// So often the peer is to be told when none is open.
    tellings: u32,
}

/// Both sides' state at one end of a channel. `T` is what the caller knows a question by.
#[derive(Debug)]
pub(crate) struct SocketLists<T> {
    asked: Vec<Asked<T>>,
    received: HashMap<String, Received>,
}

impl<T> Default for SocketLists<T> {
    fn default() -> Self {
        Self { asked: Vec::new(), received: HashMap::new() }
    }
}

impl<T> SocketLists<T> {
    /// A question was sent to the peer.
    pub(crate) fn ask(&mut self, key: &str, question: Question, token: T) {
        self.asked.push(Asked { key: key.to_owned(), question, token });
    }

    /// The peer's answer: the questions that it answers. A count answers the one that has waited
    /// longest.
    pub(crate) fn answered(&mut self, key: &str, question: Question) -> Vec<T> {
        let mut is_open = true;
        let answered = self.asked.extract_if(.., |asked| {
            let is_meant = is_open && asked.question == question && asked.key == key;
            is_open &= !(is_meant && question == Question::Count);
            is_meant
        });
        answered.map(|asked| asked.token).collect()
    }

    /// Nobody answers any more: all questions, in the order in which they were asked.
    pub(crate) fn abandon(&mut self) -> Vec<T> {
        self.asked.drain(..).map(|asked| asked.token).collect()
    }

    /// A socket came from the peer.
    pub(crate) fn opened(&mut self, key: &str) {
        self.received.entry(key.to_owned()).or_default().open += 1;
    }

    /// One of those is closed: how often the peer is to be told that none is open.
    pub(crate) fn closed(&mut self, key: &str) -> u32 {
        let Some(received) = self.received.get_mut(key) else { return 0 };
        received.open = received.open.saturating_sub(1);
        if received.open > 0 { 0 } else { std::mem::take(&mut received.tellings) }
    }

    /// How many came from the peer and are open; `None` if none of this key ever came.
    pub(crate) fn count(&self, key: &str) -> Option<u32> {
        self.received.get(key).map(|received| received.open)
    }

    /// The peer wants to be told when none is open: true if that is so now.
    pub(crate) fn tell_when_empty(&mut self, key: &str) -> bool {
        let Some(received) = self.received.get_mut(key) else { return false };
        if received.open > 0 {
            received.tellings += 1;
        }
        received.open == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_answer_one_question_each_and_the_end_all_that_wait_for_it() {
        let mut lists = SocketLists::default();
        for (token, (key, question)) in [
            ("a", Question::Count),
            ("b", Question::Count),
            ("a", Question::Close),
            ("a", Question::Count),
            ("a", Question::Close),
        ]
        .into_iter()
        .enumerate()
        {
            lists.ask(key, question, token);
        }
        assert_eq!(lists.answered("a", Question::Count), [0]);
        assert_eq!(lists.answered("a", Question::Close), [2, 4]);
        assert!(lists.answered("a", Question::Close).is_empty());
        assert!(lists.answered("c", Question::Count).is_empty());
        assert_eq!(lists.abandon(), [1, 3]);
        assert!(lists.abandon().is_empty());
    }

    #[test]
    fn the_peer_is_told_once_for_each_time_that_it_asked() {
        let mut lists = SocketLists::<()>::default();
        assert_eq!(lists.count("k"), None);
        assert!(!lists.tell_when_empty("k"), "who never sent any has nothing to wait for");
        lists.opened("k");
        lists.opened("k");
        lists.opened("other");
        assert_eq!(lists.count("k"), Some(2));
        assert!(!lists.tell_when_empty("k"));
        assert_eq!(lists.closed("k"), 0);
        assert!(!lists.tell_when_empty("k"));
        assert_eq!(lists.closed("k"), 2);
        assert_eq!((lists.count("k"), lists.count("other")), (Some(0), Some(1)));
        assert!(lists.tell_when_empty("k"));
        assert_eq!(lists.closed("k"), 0, "more ends than beginnings");
        assert_eq!(lists.closed("never"), 0);
    }
}
