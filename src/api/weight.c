#include "api/weight.h"

int weight_parse(str text) {
    if (str_is_empty(text) || text.ptr[0] != '0')
        return WEIGHT_FULL;
    int weight = 0;
    int scale = WEIGHT_FULL / 10;
    for (size_t i = 2; i < text.len && scale > 0; i++, scale /= 10) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            break;
        weight += (text.ptr[i] - '0') * scale;
    }
    return weight;
}
