#include "database/geometry.h"

#include "test/support/test.h"

static void knows_the_types_of_postgis_wherever_they_are(void **state) {
    (void)state;
    static const struct {
        str type;
        bool is_geometry;
        str place;
    } CASES[] = {
        {STR_INIT("geometry"), true, STR_INIT("")},
        {STR_INIT("geometry(Point,4326)"), true, STR_INIT("")},
        {STR_INIT("geography"), true, STR_INIT("")},
        {STR_INIT("geography(PointZ)"), true, STR_INIT("")},
        {STR_INIT("gis.geometry"), true, STR_INIT("gis.")},
        {STR_INIT("gis.geometry(Polygon)"), true, STR_INIT("gis.")},
        {STR_INIT("\"odd (name)\".geometry(Point)"), true,
         STR_INIT("\"odd (name)\".")},
        {STR_INIT("geometry_dump"), false, STR_INIT("")},
        {STR_INIT("mygeometry"), false, STR_INIT("")},
        {STR_INIT("gis.\"my geometry\""), false, STR_INIT("")},
        {STR_INIT("geometry[]"), false, STR_INIT("")},
        {STR_INIT("point"), false, STR_INIT("")},
        {STR_INIT("numeric(10,2)"), false, STR_INIT("")},
        {STR_INIT(")"), false, STR_INIT("")},
        {STR_INIT(""), false, STR_INIT("")},
    };
    for (size_t i = 0; i < LENGTH(CASES); i++) {
        field f = {.unsupported = CASES[i].type, .is_foreign = true};
        if (geometry_is(&f) != CASES[i].is_geometry)
            fail_msg("%.*s", STR_ARG(CASES[i].type));
        if (CASES[i].is_geometry)
            expect_str(geometry_place(&f), CASES[i].place);
    }
}

static void a_column_of_a_schema_file_is_none(void **state) {
    (void)state;
    field f = {.unsupported = STR("geometry"), .kind = FIELD_UNSUPPORTED};
    assert_false(geometry_is(&f));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(knows_the_types_of_postgis_wherever_they_are),
        TEST(a_column_of_a_schema_file_is_none),
    };
    return cmocka_run_group_tests_name("database/geometry", tests, NULL, NULL);
}
