/* Everything a peer, a file or the clock can make grow has a bound here, with its unit and the
 * reason for its value. */
#ifndef MANDATED_BASE_LIMITS_H
#define MANDATED_BASE_LIMITS_H

#include <stdint.h>

enum {
	/* One message: 4 s on a 64 kbit/s link, so nothing urgent waits longer behind it. */
	FRAME_BYTES_MAX = 32 * 1024,
	/* One change: an event, or a conflict with its record, still fits a frame. */
	CHANGE_BYTES_MAX = 16 * 1024,
	CHANGES_PER_SUBMISSION_MAX = 256,
	/* Decoded form of one message: fields of 2 bytes become structs of about 100. */
	DECODE_BYTES_MAX = 2 * 1024 * 1024,

	/* Texts. Codes are parts of keys; ':' joins them and is not allowed inside. */
	CODE_TEXT_MAX = 64,
	KEY_TEXT_MAX = 255, /* with its prefix and suffix within LMDB's 511 bytes */
	TEXT_MAX = 1024,
	OFFICE_TEXT_MAX = 64,

	/* Lists within one record. A return: 130 contributors by 5 personnel types. */
	COUNTS_PER_RETURN_MAX = 1000,
	PLACES_PER_ESTIMATE_MAX = 400,
	ENTRIES_PER_INSTRUMENT_MAX = 32,
	CONTRIBUTORS_PER_LIST_MAX = 200, /* 193 Member States and some organizations */
	HOSTS_PER_OPERATION_MAX = 16,
	PHASES_PER_OPERATION_MAX = 32,
	TASKS_PER_INSTRUMENT_MAX = 64,
	EQUIPMENT_PER_LIST_MAX = 100, /* kinds of major equipment of one unit */
	SIDES_PER_ARRANGEMENT_MAX = 8,
	PARTIES_PER_SIDE_MAX = 16,
	FUNCTIONS_PER_ARRANGEMENT_MAX = 16,
	ITEMS_PER_PRIORITIES_MAX = 64,
	OWNERS_PER_PRIORITY_MAX = 16,
	STEPS_PER_PLEDGE_MAX = 1000, /* renewed and rotated twice a year for decades */
	/* Records and transfers of one unit's name that are followed from operation to operation:
	 * two a year for a century. */
	STAYS_PER_UNIT_MAX = 256,
	/* Accreditation. A record of an office is at most CHANGE_BYTES_MAX in all. */
	OFFICES_MAX = 1024,	     /* 193 Member States, 40 operations, organs and desks */
	DEVICES_PER_OFFICE_MAX = 32, /* key pairs */
	GRANTS_PER_OFFICE_MAX = 32,
	KINDS_PER_GRANT_MAX = 32,
	NAMES_PER_GRANT_MAX = 200, /* of operations, contributors or parties */
	PUBLIC_KEY_BYTES = 32,
	PUBLIC_KEY_TEXT = 40, /* the same in Z85 */
	RANK_MAX = 1000,
	COMPONENTS_MAX = 16,   /* kinds of personnel that a return can cover: 11 exist */
	EDITION_MAX = 1000000, /* of one record */
	PERSONS_MAX = 1000000, /* all uniformed personnel ever deployed at once: 107 000 */

	/* History of one record: what `unchanged` may have to walk through. */
	VERSIONS_PER_RECORD_MAX = 65535,
	/* Dates of change walked back to find an alert's first day. */
	SINCE_WALK_MAX = 400,

	/* Facts of operations in use, kept unpacked for the rules: 100 000 units or head-counts.
	 * What does not fit is read again, which costs a record's reading for each fact of the
	 * operation. */
	DOCKET_BYTES_MAX = 32 * 1024 * 1024,
	DOCKET_FILES_MAX = 4096,

	/* The same for queries, which also go through all operations one after another; and how
	 * many events they read to know which of these files still hold (some 4 ms). */
	CABINET_BYTES_MAX = 16 * 1024 * 1024,
	CABINET_FILES_MAX = 4096,
	CABINET_EVENTS_MAX = 4096,
	/* Rights whose dossiers are kept beside those of all there is, within the same bytes. */
	CABINET_SIGHTS_MAX = 64,

	/* A batch: what one sync covers. */
	BATCH_ENTRIES_MAX = 4096,
	BATCH_BYTES_MAX = 512 * 1024,
	/* Inputs waiting for their batch; past it a sender is told to come back. */
	ADMITTED_MAX = 8192,
	LANES_CACHED_MAX = 16384,
	BUSY_RETRY_MS = 200,

	SEGMENT_BYTES_MIN = 1024 * 1024,
	SEGMENT_BYTES_MAX = 256 * 1024 * 1024,
	SEGMENT_BYTES_DEFAULT = 64 * 1024 * 1024,

	/* Streams: credit is memory that we may hold for one peer. */
	CREDIT_BYTES_MAX = 4 * 1024 * 1024,
	CREDIT_BYTES_PER_OFFICE_MAX = 128 * 1024 * 1024, /* of all its streams */
	STREAMS_MAX = 4096,
	STREAMS_PER_PEER_MAX = 16,
	STREAM_FRAME_BYTES = 8 * 1024,	     /* to thin links */
	STREAM_FRAME_BYTES_WIDE = 28 * 1024, /* credit above THIN_CREDIT_BYTES */
	THIN_CREDIT_BYTES = 256 * 1024,
	STREAM_SILENCE_MS = 10 * 1000,
	FILTER_VALUES_MAX = 64,
	/* Newest events kept in memory for streams that keep up. */
	RECENT_EVENTS_BYTES = 4 * 1024 * 1024,
	/* Within it the next events join one frame: a frame costs more than the events in it.
	 * Nothing waits that comes alone. */
	STREAM_PACE_MS = 2,
	STREAM_RETRY_MS = 20, /* after a peer's queue was full */
	/* Slices of the event log, for streams that lag: memory held at once is their product. */
	STREAM_SLICES_MAX = 16,
	STREAM_SLICE_BYTES = 256 * 1024,
	STREAM_MARKS_MAX =
		32, /* positions sent and not yet confirmed by credit, of a named stream */

	QUERIES_IN_FLIGHT_MAX = 1024,
	QUERIES_PER_PEER_MAX = 64,
	QUERY_ROWS_MAX = 1000,
	PAGE_MARK_BYTES_MAX = 512, /* where a page ended: a key of the state */
	WHATIF_DAYS_MAX = 3653,	   /* ten years ahead */
	WHATIF_JUDGED_MAX = 8192,  /* days on which homes are judged, twice: some 0.5 s */
	WHATIF_SHOWN_MAX = 64,	   /* days for which strengths and mandates are compared */
	WHATIF_ROWS_MAX = 4096,	   /* consequences told: 64 pages and more */
	READ_TXN_MS = 50,	   /* a reader held longer makes the state file grow for good */
	CURSOR_INPUT_MS = 10 * 1000,

	/* The calendar: a larger step waits for an operator. */
	DAY_STEP_AT_START_MAX = 31,

	/* The network thread. */
	BATCHES_MAX = 4, /* one fills, one is synced, two are applied or answered */
	BATCHES_UNCOMMITTED_MAX = 3,
	BATCH_DECODED_BYTES_MAX = 32 * 1024 * 1024, /* the messages of a batch, decoded */
	MESSAGES_PER_TURN_MAX = 512, /* of one socket, before the others get their turn */
	RECEIVE_QUEUE_MAX = 256,     /* messages of one peer: at most 16 MiB */
	SEND_QUEUE_MAX =
		16384, /* messages to one peer: its outcomes, at most ADMITTED_MAX, and frames */
	/* Answers that a peer leaves unread: all outcomes in flight and pages of all its queries
	   fit. */
	PEER_ANSWERS_BYTES_MAX = 8 * 1024 * 1024,
	FEED_QUEUE_MAX = 10000, /* messages to one subscriber of the feed, then it loses some */
	TOPICS_MAX = 8192,	/* operations by kinds, with a previous revision on the feed */
	LISTEN_MAX = 8,
	/* Connections by TCP, at some 30 KiB each; what has been accepted by the system, but not by
	 * us, comes on top of it when the doors are shut. */
	CONNECTIONS_MAX_LEAST = 8,
	CONNECTIONS_MAX_MOST = 60000,
	ACCEPT_BACKLOG = 128,
	DESCRIPTORS_KEPT = 128, /* for files and what is ours */
	/* A handshake is three round trips and 1 KiB: 4 s on a bad satellite link. While the doors
	 * are shut those that take longer are cut. */
	HANDSHAKE_MS = 10 * 1000,
	HANDSHAKE_HURRIED_MS = 4 * 1000,
	/* What a peer has sent and we have not been given by libzmq: an unfinished message of many
	 * frames, and the queue of whole ones. Of one connection, and of all together. */
	UNREAD_BYTES_MAX = 20 * 1024 * 1024,
	UNREAD_TOTAL_BYTES_MAX = 128 * 1024 * 1024,
	/* Of one key. A device that loses its link every few seconds needs one each time; all
	 * programs of an office together, after an outage, some more at once. */
	HANDSHAKES_PER_SECOND = 5,
	HANDSHAKES_BURST = 200,
	/* A connection that has not said anything by then is cut: until it speaks it is not counted
	 * as its office's. */
	FIRST_WORD_MS = 60 * 1000,
	GATE_LOOK_MS = 200,	   /* how often connections are looked at */
	GATE_LINES_PER_SECOND = 5, /* logged about clients that are refused or cut */
	/* What one office may take. Messages, bytes and journal bytes are configured; see
	 * service/quota.h. A burst is a second's worth. */
	OFFICE_MESSAGES_PER_SECOND_MOST = 1000000,
	OFFICE_BYTES_PER_SECOND_LEAST = 64 * 1024, /* two of the largest messages */
	OFFICE_BYTES_PER_SECOND_MOST = 1024 * 1024 * 1024,
	QUERIES_PER_OFFICE_MAX = 256,
	QUERIES_AT_THE_READER_MAX = 4, /* of an office; others of it wait for these */
	STREAMS_PER_OFFICE_MAX = 256,
	/* Of a batch while several offices submit: at 20 us a change it takes no longer to apply
	 * than to sync, so that who comes alone waits about twice as long as on an idle daemon. */
	BATCH_SHARED_MAX = 32,
	BATCH_SHARE_MIN = 4,
	TURN_MEMORY_MS = 60 * 1000, /* who submitted something lately may do it again at any time */
	TURN_COUNT_MS = 1000,
	/* Submissions that wait for a turn: a client's largest window fits; of all 64 MiB. */
	TURNS_PER_OFFICE_MAX = 4096,
	TURNS_BYTES_PER_OFFICE_MAX = 4 * 1024 * 1024,
	TURNS_BYTES_MAX = 64 * 1024 * 1024,
	TALLY_MS = 10 * 1000, /* how often the counts of the day's bytes are written */
	/* The day's journal bytes are used up, and the calendar does not say when it ends. */
	TOMORROW_UNKNOWN_MS = 60 * 60 * 1000,
	SPACE_CHECK_MS = 50,
	OFFICES_SEEN_MAX = 64,	  /* for the status line */
	HEARTBEAT_MS = 20 * 1000, /* a link is dead after three: 32 KiB at 64 kbit/s are 4 s */
	QUIET_MS = 30 * 1000,	  /* who is there has answered a heartbeat by then */

	STOP_MS = 5000, /* from SIGTERM to exit */
};

/* Whole units of a currency, either way: all budgets of peacekeeping together, many times over, in
 * any currency; a thousand of them still add up in 64 bits. */
#define MONEY_MAX INT64_C(1000000000000000)

/* Address space of the state, reserved, not used. */
#define STATE_MAP_BYTES (64ULL << 30)

#endif
