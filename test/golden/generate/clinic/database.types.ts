// Made by `tenon generate typescript` from the schema file: change that
// one, and have this one made anew.

export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[];

/** In an update, what becomes of the value that a column has. */
export type Operator<Value> =
  | { set: Value }
  | (null extends Value ? { unset: true } : never)
  | ([NonNullable<Value>] extends [number] ? Arithmetic : never)
  | ([NonNullable<Value>] extends [(infer Item)[]]
      ? { push: Item | Item[] }
      : never);
type Arithmetic =
  | { increment: number }
  | { decrement: number }
  | { multiply: number }
  | { divide: number };
type Changes<Row> = {
  [Column in keyof Row]:
    | Row[Column]
    | Operator<Exclude<Row[Column], undefined>>;
};

/** Rows with others nested in them: a row, or several in a list. */
type Some<Item> = Item | Item[];
type Of<Table, Key> = Key extends keyof Table ? Table[Key] : never;
type New<Table> = Partial<Of<Table, "Insert">>;
type Which<Table> = Partial<Of<Table, "Row">>;
type Changed<Table> = Of<Table, "Update">;
type Found<Table> = { where: Which<Table>; create: New<Table> };
export type InsertOne<Table> = {
  create?: New<Table>;
  connect?: Which<Table>;
  connectOrCreate?: Found<Table>;
};
export type InsertMany<Table> = {
  create?: Some<New<Table>>;
  connect?: Some<Which<Table>>;
  connectOrCreate?: Some<Found<Table>>;
};
export type UpdateOne<Table> = InsertOne<Table> & {
  disconnect?: boolean;
  update?: Changed<Table>;
  upsert?: { create: New<Table>; update: Changed<Table> };
  delete?: boolean;
};
export type UpdateMany<Table> = InsertMany<Table> & {
  disconnect?: Some<Which<Table>>;
  set?: Some<Which<Table>>;
  update?: Some<{ where: Which<Table>; data: Changed<Table> }>;
  upsert?: Some<Found<Table> & { update: Changed<Table> }>;
  delete?: Some<Which<Table>>;
  updateMany?: Some<{ where: Which<Table>; data: Changed<Table> }>;
  deleteMany?: Some<Which<Table>>;
};
type InsertOf<Way> = Way extends { one: infer Table }
  ? InsertOne<Table>
  : Way extends { many: infer Table }
    ? InsertMany<Table>
    : never;
type UpdateOf<Way> = Way extends { one: infer Table }
  ? UpdateOne<Table>
  : Way extends { many: infer Table }
    ? UpdateMany<Table>
    : never;
/** All columns that it must have; or relations, of which some may follow. */
type Inserts<Columns, Related> =
  | (Columns & { [Way in keyof Related]?: never })
  | {
      [One in keyof Related]: Partial<Columns> & {
        [Way in One]: InsertOf<Related[Way]>;
      } & { [Way in Exclude<keyof Related, One>]?: InsertOf<Related[Way]> };
    }[keyof Related];
type Nests<Related> = { [Way in keyof Related]?: UpdateOf<Related[Way]> };

/** For `createClient<Database>()` of @supabase/supabase-js. */
export type Database = {
  __InternalSupabase: {
    PostgrestVersion: "14";
  };
  public: {
    Tables: {
      /** Somebody who comes to us. */
      patients: {
        Row: {
          country: string;
          number: number;
          name: string;
          "by-country": string | null;
          "by-number": number | null;
        };
        Insert: Inserts<{
          country: string;
          number: number;
          name: string;
          "by-country"?: string | null;
          "by-number"?: number | null;
        }, Database["public"]["Tables"]["patients"]["Related"]>;
        Update: Changes<{
          country?: string;
          number?: number;
          name?: string;
          "by-country"?: string | null;
          "by-number"?: number | null;
        }> & Nests<Database["public"]["Tables"]["patients"]["Related"]>;
        Related: {
          referrer: { one: Database["public"]["Tables"]["patients"] };
          referred: { many: Database["public"]["Tables"]["patients"] };
          visits: { many: Database["front desk"]["Tables"]["visits"] };
          file: { one: Database["public"]["Tables"]["files"] };
        };
        Relationships: [
          {
            foreignKeyName: "patients_by-country_by-number_fkey";
            columns: ["by-country", "by-number"];
            isOneToOne: false;
            referencedRelation: "patients";
            referencedColumns: ["country", "number"];
          },
        ];
      };
      files: {
        Row: {
          country: string;
          number: number;
          "the \"whole\" text: ü 日本": string;
          "2nd": Database["public"]["Enums"]["mood of somebody"] | null;
        };
        Insert: Inserts<{
          country: string;
          number: number;
          "the \"whole\" text: ü 日本": string;
          "2nd"?: Database["public"]["Enums"]["mood of somebody"] | null;
        }, Database["public"]["Tables"]["files"]["Related"]>;
        Update: Changes<{
          country?: string;
          number?: number;
          "the \"whole\" text: ü 日本"?: string;
          "2nd"?: Database["public"]["Enums"]["mood of somebody"] | null;
        }> & Nests<Database["public"]["Tables"]["files"]["Related"]>;
        Related: {
          patient: { one: Database["public"]["Tables"]["patients"] };
        };
        Relationships: [
          {
            foreignKeyName: "files_country_number_fkey";
            columns: ["country", "number"];
            isOneToOne: true;
            referencedRelation: "patients";
            referencedColumns: ["country", "number"];
          },
        ];
      };
    };
    Views: {
      "patient visits": {
        Row: {
          country: string;
          number: number;
          visits: number | null;
        };
        Relationships: [];
      };
    };
    Functions: {
      visits_in: {
        Args: {
          room: number;
          state?: Database["front desk"]["Enums"]["State"];
        };
        Returns: Database["front desk"]["Tables"]["visits"]["Row"][];
      };
    };
    Enums: {
      "mood of somebody":
        | "good, \"really\" good"
        | "\\bad\\"
        | "not known to anybody in this house";
    };
    CompositeTypes: Record<never, never>;
  };
  "front desk": {
    Tables: {
      visits: {
        Row: {
          id: number;
          country: string;
          number: number;
          room: number;
          next: number | null;
          state: Database["front desk"]["Enums"]["State"];
          at: string;
        };
        Insert: Inserts<{
          id?: number;
          country: string;
          number: number;
          room: number;
          next?: number | null;
          state: Database["front desk"]["Enums"]["State"];
          at?: string;
        }, Database["front desk"]["Tables"]["visits"]["Related"]>;
        Update: Changes<{
          id?: number;
          country?: string;
          number?: number;
          room?: number;
          next?: number | null;
          state?: Database["front desk"]["Enums"]["State"];
          at?: string;
        }> & Nests<Database["front desk"]["Tables"]["visits"]["Related"]>;
        Related: {
          patient: { one: Database["public"]["Tables"]["patients"] };
          visits_room_fkey: { one: Database["front desk"]["Tables"]["rooms"] };
          last: { one: Database["front desk"]["Tables"]["visits"] };
        };
        Relationships: [
          {
            foreignKeyName: "visits_room_fkey";
            columns: ["room"];
            isOneToOne: false;
            referencedRelation: "rooms";
            referencedColumns: ["number"];
          },
          {
            foreignKeyName: "visits_next_fkey";
            columns: ["next"];
            isOneToOne: true;
            referencedRelation: "visits";
            referencedColumns: ["id"];
          },
        ];
      };
      rooms: {
        Row: {
          number: number;
        };
        Insert: Inserts<{
          number: number;
        }, Database["front desk"]["Tables"]["rooms"]["Related"]>;
        Update: Changes<{
          number?: number;
        }> & Nests<Database["front desk"]["Tables"]["rooms"]["Related"]>;
        Related: {
          visits: { many: Database["front desk"]["Tables"]["visits"] };
        };
        Relationships: [];
      };
    };
    Views: Record<never, never>;
    Functions: Record<never, never>;
    Enums: {
      /**
       * How far a visit is.
       * - `PLANNED`: It has a date.
       * - `HERE`: Somebody
       * is there.
       */
      State: "PLANNED" | "HERE" | "OVER";
    };
    CompositeTypes: Record<never, never>;
  };
};

type Schemas = Omit<Database, "__InternalSupabase">;
type DefaultSchema = Schemas["public"];
type Elsewhere = { schema: keyof Schemas };
type Schema<Place> = Place extends Elsewhere
  ? Schemas[Place["schema"]]
  : DefaultSchema;
type Name<Place, Given> = Place extends Elsewhere ? Given : Place;
type At<All, Key> = Key extends keyof All ? All[Key] : never;
type Relations<Place> = Schema<Place>["Tables"] & Schema<Place>["Views"];

/** A row as it is read: `Tables<"name">`, `Tables<{ schema: "x" }, "name">`. */
export type Tables<
  Place extends keyof Relations<unknown> | Elsewhere,
  Given extends keyof Relations<Place> = never,
> = At<At<Relations<Place>, Name<Place, Given>>, "Row">;

/** A row as it is sent to be inserted. */
export type TablesInsert<
  Place extends keyof DefaultSchema["Tables"] | Elsewhere,
  Given extends keyof Schema<Place>["Tables"] = never,
> = At<At<Schema<Place>["Tables"], Name<Place, Given>>, "Insert">;

/** What an update may send. */
export type TablesUpdate<
  Place extends keyof DefaultSchema["Tables"] | Elsewhere,
  Given extends keyof Schema<Place>["Tables"] = never,
> = At<At<Schema<Place>["Tables"], Name<Place, Given>>, "Update">;

/** One of the values of an enum. */
export type Enums<
  Place extends keyof DefaultSchema["Enums"] | Elsewhere,
  Given extends keyof Schema<Place>["Enums"] = never,
> = At<Schema<Place>["Enums"], Name<Place, Given>>;

/** A row of a type that functions give back. */
export type CompositeTypes<
  Place extends keyof DefaultSchema["CompositeTypes"] | Elsewhere,
  Given extends keyof Schema<Place>["CompositeTypes"] = never,
> = At<Schema<Place>["CompositeTypes"], Name<Place, Given>>;
