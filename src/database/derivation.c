#include "database/derivation.h"

#include "database/shape.h"
#include "schema/function.h"

void derivation_write_shape(buf *out, const derivation *d) {
    shape_put(out, d->step_count * 4 + (size_t)d->is_geojson * 2 + d->is_text);
    shape_put(out, d->function != NULL ? (size_t)d->function->index + 1 : 0);
    for (size_t i = 0; i < d->step_count; i++)
        shape_put(out, d->steps[i].is_index);
    shape_put(out, d->cast);
    shape_put(out, d->aggregate);
    shape_put(out, d->outer_cast);
}
