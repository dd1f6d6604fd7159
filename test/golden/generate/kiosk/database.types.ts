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
      /**
       * What is on offer.
       *
       * A comment in a comment ends nothing: /* here *\/ and **\/
       */
      products: {
        Row: {
          id: number;
          /** What the receipt says. */
          name: string;
          tags: string[];
          sizes: number[];
          kind: Database["public"]["Enums"]["Kind"];
          kinds: Database["public"]["Enums"]["Kind"][];
          price: number | null;
          extra: Json;
          image: string | null;
          /** Who asks for it gets it. */
          note: string | null;
          "made at": string;
          /** What it is asked for by. */
          ticket: string | null;
        };
        Insert: Inserts<{
          id?: number;
          /** What the receipt says. */
          name: string;
          tags?: string[];
          sizes?: number[];
          kind?: Database["public"]["Enums"]["Kind"];
          kinds?: Database["public"]["Enums"]["Kind"][];
          price?: number | null;
          extra?: Json;
          image?: string | null;
          /** Who asks for it gets it. */
          note?: string | null;
          cost?: number;
          "made at"?: string;
        }, Database["public"]["Tables"]["products"]["Related"]>;
        Update: Changes<{
          id?: number;
          /** What the receipt says. */
          name?: string;
          tags?: string[];
          sizes?: number[];
          kind?: Database["public"]["Enums"]["Kind"];
          kinds?: Database["public"]["Enums"]["Kind"][];
          price?: number | null;
          extra?: Json;
          image?: string | null;
          /** Who asks for it gets it. */
          note?: string | null;
          cost?: number;
        }> & Nests<Database["public"]["Tables"]["products"]["Related"]>;
        Related: {
          shelves: { many: Database["public"]["Tables"]["shelves"] };
          recipe: { one: Database["public"]["Tables"]["recipes"] };
        };
        Relationships: [];
        ComputedFields: "note" | "ticket";
      };
      shelves: {
        Row: {
          id: string;
          label: string;
        };
        Insert: Inserts<{
          id?: string;
          label: string;
        }, Database["public"]["Tables"]["shelves"]["Related"]>;
        Update: Changes<{
          id?: string;
          label?: string;
        }> & Nests<Database["public"]["Tables"]["shelves"]["Related"]>;
        Related: {
          products: { many: Database["public"]["Tables"]["products"] };
        };
        Relationships: [];
      };
      /** How it is made: one for each product. */
      recipes: {
        Row: {
          product_id: number;
          steps: string[];
        };
        Insert: Inserts<{
          product_id: number;
          steps?: string[];
        }, Database["public"]["Tables"]["recipes"]["Related"]>;
        Update: Changes<{
          product_id?: number;
          steps?: string[];
        }> & Nests<Database["public"]["Tables"]["recipes"]["Related"]>;
        Related: {
          product: { one: Database["public"]["Tables"]["products"] };
        };
        Relationships: [
          {
            foreignKeyName: "recipes_product_id_fkey";
            columns: ["product_id"];
            isOneToOne: true;
            referencedRelation: "products";
            referencedColumns: ["id"];
          },
        ];
      };
      /** Between products and shelves, which embed each other through it. */
      0: {
        Row: {
          A: number;
          B: string;
        };
        Insert: never;
        Update: never;
        Relationships: [
          {
            foreignKeyName: "_ProductToShelf_A_fkey";
            columns: ["A"];
            isOneToOne: false;
            referencedRelation: "products";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "_ProductToShelf_B_fkey";
            columns: ["B"];
            isOneToOne: false;
            referencedRelation: "shelves";
            referencedColumns: ["id"];
          },
        ];
      };
    };
    Views: Record<never, never>;
    Functions: {
      /** Of each kind. */
      tally: {
        Args: {
          /** Only kinds with that many. */
          least?: number;
          kinds?: Database["public"]["Enums"]["Kind"][];
        };
        Returns: Database["public"]["CompositeTypes"]["Tally"][];
      };
      products_above: {
        Args: {
          price: number;
        };
        Returns: Omit<
          Database["public"]["Tables"]["products"]["Row"],
          Database["public"]["Tables"]["products"]["ComputedFields"]
        >[];
        SetofOptions: {
          from: "*";
          to: "products";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      product_named: {
        Args: {
          name: string;
        };
        Returns: Omit<
          Database["public"]["Tables"]["products"]["Row"],
          Database["public"]["Tables"]["products"]["ComputedFields"]
        > | null;
        SetofOptions: {
          from: "*";
          to: "products";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      recipe_of: {
        Args: {
          product?: number | null;
        };
        Returns: Database["public"]["Tables"]["recipes"]["Row"] | null;
        SetofOptions: {
          from: "*";
          to: "recipes";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      names: {
        Args: Record<PropertyKey, never>;
        Returns: string[];
      };
      dearest: {
        Args: Record<PropertyKey, never>;
        Returns: number | null;
      };
      discount: {
        Args: {
          by: number;
        };
        Returns: Omit<
          Database["public"]["Tables"]["products"]["Row"],
          Database["public"]["Tables"]["products"]["ComputedFields"]
        >[];
        SetofOptions: {
          from: "*";
          to: "products";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      forget: {
        Args: {
          name: string;
        };
        Returns: null;
      };
      echo: {
        Args: {
          payload: Json;
        };
        Returns: Json;
      };
    };
    Enums: {
      /**
       * What it is.
       * - `food`: Warm or cold.
       */
      Kind: "DRINK" | "food";
    };
    CompositeTypes: {
      Tally: {
        kind: Database["public"]["Enums"]["Kind"];
        count: number;
        most: number | null;
      };
    };
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
