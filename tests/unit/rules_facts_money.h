/* The lines of rules_facts.h about money, priorities and consent; included by it only. */
#ifndef TESTS_RULES_FACTS_MONEY_H
#define TESTS_RULES_FACTS_MONEY_H

static void facts_amount(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__Amount *m = FACTS_NEW(&f->arena, Amount, amount);

	r->content_case = MANDATE__RECORD__CONTENT_AMOUNT;
	r->amount = m;
	m->operation = arena_text(&f->arena, f->operation);
	m->period_start = facts_day(words[1]);
	m->period_end = facts_day(words[2]);
	m->kind = (Mandate__AmountKind)facts_name(&mandate__amount_kind__descriptor, words[3]);
	m->has_amount = true;
	m->amount = strtoll(words[4], NULL, 10);
	m->party = arena_text(&f->arena, "UNGA");
	m->currency = arena_text(&f->arena, "USD");
	m->document = arena_text(&f->arena, "-");
	m->shares = arena_calloc(&f->arena, count, sizeof(Mandate__Share *));
	for (size_t i = 5; i < count; i++) {
		const char *party = facts_option(words[i], "party");
		const char *currency = facts_option(words[i], "currency");
		const char *document = facts_option(words[i], "doc");
		const char *reason = facts_option(words[i], "reason");
		char *sign = strchr(words[i], '=');

		if (party) {
			m->party = arena_text(&f->arena, party);
		} else if (currency) {
			m->currency = arena_text(&f->arena, currency);
		} else if (document) {
			m->document = arena_text(&f->arena, document);
		} else if (reason) {
			m->period_reason = arena_text(&f->arena, reason);
		} else if (sign) {
			Mandate__Share *share = FACTS_NEW(&f->arena, Share, share);

			*sign = '\0';
			share->contributor = words[i];
			share->amount = strtoll(sign + 1, NULL, 10);
			m->shares[m->n_shares++] = share;
		} else {
			m->has_precision = true;
			m->precision = (Mandate__Precision)facts_name(
				&mandate__precision__descriptor, words[i]);
		}
	}
}

static void facts_payment(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__Payment *m = FACTS_NEW(&f->arena, Payment, payment);

	r->content_case = MANDATE__RECORD__CONTENT_PAYMENT;
	r->payment = m;
	m->operation = arena_text(&f->arena, f->operation);
	m->period_start = facts_day(words[1]);
	m->period_end = facts_day(words[2]);
	m->contributor = words[3];
	m->day = facts_day(words[4]);
	m->has_amount = true;
	m->amount = strtoll(words[5], NULL, 10);
	m->currency = arena_text(&f->arena, count > 6 ? words[6] : "USD");
}

/* "LEAD+OWNER+OWNER", "-" for no lead, then ":STATE" if the item has one. */
static Mandate__Priority *facts_item(struct facts *f, char *word, uint32_t rank)
{
	Mandate__Priority *item = FACTS_NEW(&f->arena, Priority, priority);
	char *state = strchr(word, ':'), *owner;

	if (state) {
		*state = '\0';
		item->has_state = true;
		item->state = (Mandate__PriorityState)facts_name(
			&mandate__priority_state__descriptor, state + 1);
	}
	item->rank = rank;
	item->task = arena_text(&f->arena, "a task");
	item->supporting = arena_calloc(&f->arena, strlen(word) + 1, sizeof(char *));
	owner = strsep(&word, "+");
	if (strcmp(owner, "-") != 0)
		item->lead = owner;
	while ((owner = strsep(&word, "+")))
		item->supporting[item->n_supporting++] = owner;
	return item;
}

static void facts_priorities(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__Priorities *m = FACTS_NEW(&f->arena, Priorities, priorities);

	r->content_case = MANDATE__RECORD__CONTENT_PRIORITIES;
	r->priorities = m;
	m->operation = arena_text(&f->arena, f->operation);
	m->document = words[1];
	m->has_date = true;
	m->date = facts_day(words[2]);
	m->items = arena_calloc(&f->arena, count, sizeof *m->items);
	for (size_t i = 3; i < count; i++)
		m->items[m->n_items++] = facts_item(f, words[i], (uint32_t)(i - 2));
}

static void facts_endorsement(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__Endorsement *m = FACTS_NEW(&f->arena, Endorsement, endorsement);

	r->content_case = MANDATE__RECORD__CONTENT_ENDORSEMENT;
	r->endorsement = m;
	m->operation = arena_text(&f->arena, f->operation);
	m->document = words[1];
	m->owner = words[2];
	m->version = (uint32_t)strtoul(words[3], NULL, 10);
	m->has_day = true;
	m->day = facts_day(words[4]);
	m->has_inferred = count > 5;
	m->inferred = count > 5;
}

static void facts_consent(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__Consent *m = FACTS_NEW(&f->arena, Consent, consent);

	r->content_case = MANDATE__RECORD__CONTENT_CONSENT;
	r->consent = m;
	m->operation = arena_text(&f->arena, f->operation);
	m->host = words[1];
	m->day = facts_day(words[2]);
	m->has_state = true;
	m->state = (Mandate__ConsentState)facts_name(&mandate__consent_state__descriptor, words[3]);
	m->document = count > 4 ? words[4] : NULL;
}

#endif
