//! Who is measured against whom, and what is to be reached.

/// One of ours against its peers, all doing the same in the same way.
pub(crate) struct Contest {
    pub(crate) face: &'static str,
    pub(crate) in_flight: usize,
    /// Over TLS; HTTP/1.1 without it if not.
    pub(crate) http2: bool,
    pub(crate) ours: Entry,
    pub(crate) peers: &'static [Peer],
}

/// A program: its name in the table, and the word its face's programs know it by.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) who: &'static str,
}

pub(crate) struct Peer {
    pub(crate) entry: Entry,
    /// The share of its CPU time that ours may take; `None`: nothing was promised.
    pub(crate) target: Option<f64>,
    /// A slow one makes only the fourth part of the sends.
    pub(crate) slow: bool,
}

/// Campaigns in a language, and by the command line: what is measured by commands of their own.
pub(crate) const PYTHON_MANY: &str = "python-many";
pub(crate) const NODE_MANY: &str = "node-many";
pub(crate) const BULK: &str = "bulk";

pub(crate) const FACES: [&str; 4] = ["rust", "python", "node", "c"];

/// Sends with keys, over a journal in a file, to a server whose message ids differ.
pub(crate) const KEYED: Contest = Contest {
    face: "python",
    in_flight: 64,
    http2: false,
    ours: entry("AsyncClient.send, keyed", "ours-keyed"),
    peers: &[
        peer("aiohttp + sqlite3 rows", "aiohttp-sqlite").target(1.0 / 5.0),
        peer("without a journal", "ours-async").target(1.6),
    ],
};

pub(crate) const fn entry(name: &'static str, who: &'static str) -> Entry {
    Entry { name, who }
}

pub(crate) const fn peer(name: &'static str, who: &'static str) -> Peer {
    Peer { entry: entry(name, who), target: None, slow: false }
}

impl Peer {
    pub(crate) const fn target(mut self, target: f64) -> Self {
        self.target = Some(target);
        self
    }

    pub(crate) const fn slow(mut self) -> Self {
        self.slow = true;
        self
    }
}

/// In HTTP/2 only those whose peer speaks it without more: requests, aiohttp,
/// axios and Node's fetch don't.
pub(crate) const CONTESTS: [Contest; 11] = [
    Contest {
        face: "rust",
        in_flight: 1,
        http2: false,
        ours: entry("blocking::Client::send", "blocking"),
        peers: &[peer("reqwest + serde", "reqwest").target(1.10)],
    },
    Contest {
        face: "rust",
        in_flight: 64,
        http2: false,
        ours: entry("Client::send", "async"),
        peers: &[peer("reqwest + serde", "reqwest")],
    },
    Contest {
        face: "c",
        in_flight: 1,
        http2: false,
        ours: entry("pm_client_send", "ours"),
        peers: &[peer("libcurl + cJSON", "libcurl").target(1.0)],
    },
    Contest {
        face: "python",
        in_flight: 1,
        http2: false,
        ours: entry("Client.send", "ours"),
        peers: &[
            peer("requests.Session", "requests").target(1.0 / 25.0).slow(),
            peer("pycurl + json", "pycurl").target(0.7),
            peer("httpx.Client", "httpx").slow(),
            peer("requests.post (document)", "requests-post").slow(),
        ],
    },
    Contest {
        face: "python",
        in_flight: 64,
        http2: false,
        ours: entry("AsyncClient.send", "ours-async"),
        peers: &[
            peer("aiohttp", "aiohttp").target(1.0 / 4.0),
            peer("httpx.AsyncClient", "httpx-async").slow(),
        ],
    },
    Contest {
        face: "node",
        in_flight: 1,
        http2: false,
        ours: entry("client.send", "ours"),
        peers: &[
            peer("axios, keep-alive", "axios"),
            peer("undici.request", "undici").target(0.8),
            peer("fetch", "fetch"),
            peer("axios.post (document)", "axios-document"),
        ],
    },
    Contest {
        face: "node",
        in_flight: 64,
        http2: false,
        ours: entry("client.send", "ours"),
        peers: &[
            peer("axios, keep-alive", "axios").target(1.0 / 12.0),
            peer("undici.request", "undici").target(0.45),
            peer("fetch", "fetch"),
            peer("axios.post (document)", "axios-document"),
        ],
    },
    Contest {
        face: "rust",
        in_flight: 64,
        http2: true,
        ours: entry("Client::send", "async"),
        peers: &[peer("reqwest + serde", "reqwest")],
    },
    Contest {
        face: "c",
        in_flight: 1,
        http2: true,
        ours: entry("pm_client_send", "ours"),
        peers: &[peer("libcurl + cJSON", "libcurl")],
    },
    Contest {
        face: "python",
        in_flight: 1,
        http2: true,
        ours: entry("Client.send", "ours"),
        peers: &[peer("pycurl + json", "pycurl"), peer("httpx.Client", "httpx").slow()],
    },
    Contest {
        face: "node",
        in_flight: 64,
        http2: true,
        ours: entry("client.send", "ours"),
        peers: &[peer("undici.request", "undici")],
    },
];
