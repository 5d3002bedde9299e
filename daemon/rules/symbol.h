/* The order of document symbols: runs of digits by their number, everything else by bytes, so that
 * S/RES/997 comes before S/RES/1001. */
#ifndef MANDATED_RULES_SYMBOL_H
#define MANDATED_RULES_SYMBOL_H

/* < 0, 0, > 0; 0 only for equal texts. */
int symbol_compare(const char *a, const char *b);

#endif
