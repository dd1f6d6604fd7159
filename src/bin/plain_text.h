/* plain_text.h: text from elsewhere on a terminal. */
#ifndef BIN_PLAIN_TEXT_H
#define BIN_PLAIN_TEXT_H

#include "base/buf.h"

/* At most so many bytes of it. What a terminal would take for something else
 * than text is shown as question marks. */
void plain_text_write(buf *out, str text, size_t most);

#endif
