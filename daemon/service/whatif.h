/* What would be if changes were recorded; for the files of what-if queries. Two worlds are
 * compared: one as it is known, one with the changes laid over it. All of it lives in the page's
 * keys. */
#ifndef MANDATED_SERVICE_WHATIF_H
#define MANDATED_SERVICE_WHATIF_H

#include "service/apply_impl.h"
#include "service/query_page.h"

/* In the order in which they are told. */
enum whatif_section {
	WHATIF_RESULTS = 1,
	WHATIF_CLASHES,
	WHATIF_ALERTS,
	WHATIF_STRENGTHS,
	WHATIF_MANDATES,
};

struct whatif_row {
	enum whatif_section section;
	int32_t day;
	size_t number; /* in the order of being found */
	Mandate__WhatIf what;
};

struct whatif {
	struct page *page;
	struct arena *a;
	struct apply plan;
	int32_t last; /* day that is judged */
	struct whatif_row *rows;
	size_t count, room;
	size_t judged;
	const int32_t *days; /* on which strengths and mandates are compared */
	size_t day_count;
};

/* One home in both worlds. `was` may be of a home that is not known there. */
struct whatif_home {
	const char *name;
	struct page_operation was, would;
	bool corrected; /* an edition is replaced */
};

/* A row with a copy of `message`, its member `what`. STATUS_REFUSED: too many. */
MUST_USE enum status whatif_add(struct whatif *w, enum whatif_section section, int32_t day,
				Mandate__WhatIf__WhatCase what, const ProtobufCMessage *message);
/* A clash of `change` (SIZE_MAX: of none alone) with what is named. */
MUST_USE enum status whatif_clash(struct whatif *w, size_t change, const char *text,
				  Mandate__Kind kind, const char *key);
MUST_USE enum status whatif_alert(struct whatif *w, int32_t day, Mandate__AlertAct act,
				  Mandate__Alert *alert, Mandate__CloseReason reason);

/* whatif_alerts.c: the alerts of a home from p->on to `last`, and of records that clash. */
MUST_USE enum status whatif_judge(struct whatif *w, struct whatif_home *h);
MUST_USE enum status whatif_judge_clashes(struct whatif *w);
/* whatif_compare.c: facts that clash in a home; its strengths and its mandate. */
MUST_USE enum status whatif_find_clashes(struct whatif *w, struct whatif_home *h);
MUST_USE enum status whatif_compare(struct whatif *w, struct whatif_home *h);

/* What rows are read by while one world is looked at. */
void whatif_enter(struct whatif *w, bool with_changes);

#endif
