#include "rules/pledge.h"
#include "base/day.h"
#include "rules/span.h"

#define STATE(name) MANDATE__PLEDGE_STATE__PLEDGE_STATE_##name

enum { FIRST_RENEWAL_MONTHS = 12, RENEWAL_MONTHS = 6 };

/* The same day of the month, or the month's last where it has none such. */
static int32_t months_after(int32_t day, int months)
{
	int year, month, day_of_month;
	int32_t first_of_next;

	day_to_civil(day, &year, &month, &day_of_month);
	month += months;
	year += (month - 1) / 12;
	month = (month - 1) % 12 + 1;
	first_of_next =
		month == 12 ? day_from_civil(year + 1, 1, 1) : day_from_civil(year, month + 1, 1);
	return day_least(day_from_civil(year, month, 1) + day_of_month - 1, first_of_next - 1);
}

void pledge_begin(const Mandate__Pledge *p, struct pledge_stand *ret_stand)
{
	pledge_begin_on(p->registered,
			p->has_readiness ? p->readiness : MANDATE__READINESS__READINESS_LEVEL_1,
			ret_stand);
}

void pledge_begin_on(int32_t registered, Mandate__Readiness readiness,
		     struct pledge_stand *ret_stand)
{
	*ret_stand = (struct pledge_stand){
		.from = registered,
		.since = registered,
		.renew_by = months_after(registered, FIRST_RENEWAL_MONTHS),
		.state = STATE(PLEDGED),
		.readiness = readiness,
	};
}

static void stand_as(struct pledge_stand *at, Mandate__PledgeState state, int32_t day)
{
	at->state = state;
	at->since = day;
}

void pledge_take(struct pledge_stand *at, uint32_t step, Mandate__PledgeState state, int32_t day,
		 Mandate__Readiness readiness)
{
	day = day_greatest(day, at->from);
	at->from = day;
	at->step = step;
	switch (state) {
	case STATE(RENEWED):
		at->renew_by = day_greatest(at->renew_by, months_after(day, RENEWAL_MONTHS));
		break;
	case STATE(LEVEL_RAISED):
		at->readiness = readiness;
		break;
	case STATE(SUSPENDED):
		if (at->state == STATE(SUSPENDED))
			break;
		at->before = at->state;
		stand_as(at, state, day);
		break;
	case STATE(RESUMED):
		if (at->state == STATE(SUSPENDED))
			stand_as(at, at->before, day);
		break;
	case STATE(PLEDGED):
	case STATE(ASSESSED):
	case STATE(VERIFIED):
	case STATE(SELECTED):
	case STATE(MOU_SIGNED):
	case STATE(PRE_DEPLOYMENT_VISIT):
	case STATE(ARRIVING):
	case STATE(DEPLOYED):
	case STATE(ROTATING):
	case STATE(REPATRIATING):
	case STATE(REPATRIATED):
	case STATE(DECLINED):
	case STATE(WITHDRAWN):
	case _MANDATE__PLEDGE_STATE_IS_INT_SIZE:
		stand_as(at, state, day);
		break;
	}
}

bool pledge_ages(Mandate__PledgeState state)
{
	return state >= STATE(PLEDGED) && state < STATE(DEPLOYED);
}

bool pledge_offers(Mandate__PledgeState state)
{
	return pledge_ages(state) || state == STATE(DEPLOYED) || state == STATE(ROTATING);
}
