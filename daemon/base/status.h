/* How a call can fail. A refusal (a peer asked for something it cannot have) is not a failure: it
 * travels as data, with a Code of proto/mandate.proto. */
#ifndef MANDATED_BASE_STATUS_H
#define MANDATED_BASE_STATUS_H

#define STATUS_LIST(X)                                                                             \
	X(OK, "done")                                                                              \
	X(NO_MEMORY, "out of memory")                                                              \
	X(LIMIT, "a named limit was reached")                                                      \
	X(IO, "input or output error")                                                             \
	X(FULL, "no space left")                                                                   \
	X(CORRUPT, "stored bytes do not check")                                                    \
	X(FOREIGN, "belongs to another instance or is no file of ours")                            \
	X(NOT_FOUND, "not found")                                                                  \
	X(EXISTS, "exists already")                                                                \
	X(INVALID, "malformed or out of range")                                                    \
	X(AGAIN, "not now")                                                                        \
	X(UNKNOWN, "may or may not have happened")                                                 \
	X(NOT_LEADER, "another node orders inputs")                                                \
	X(LOCKED, "in use by another process")                                                     \
	X(STOPPED, "stopped")                                                                      \
	X(UNREACHABLE, "no answer from the other side")                                            \
	X(REFUSED, "refused by the other side")

enum status {
#define X(name, text) STATUS_##name,
	STATUS_LIST(X)
#undef X
};

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
/* To ignore a result on purpose; the reason stands beside each use. */
#define IGNORE_RESULT(call)                                                                        \
	do {                                                                                       \
		__auto_type ignored_ = (call);                                                     \
		(void)ignored_;                                                                    \
	} while (0)

/* The sentence of `s`, without a full stop; never NULL. */
const char *status_text(enum status s);

/* The status of an errno value. */
enum status status_of_errno(int sys_errno);

/* What failed, where, for a person. Filled by the layer that fails, printed once by the layer that
 * knows what was being attempted. A caller that does not care passes NULL. */
struct error {
	enum status status;
	char text[384];
};

/* Writes status and text into `e` (which may be NULL) and returns `s`. */
enum status error_set(struct error *e, enum status s, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
