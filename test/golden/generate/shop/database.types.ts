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
      /** Who buys. */
      customers: {
        Row: {
          id: string;
          /** Where invoices go. */
          email: string;
          tags: string[];
        };
        Insert: Inserts<{
          id?: string;
          /** Where invoices go. */
          email: string;
          tags?: string[];
        }, Database["public"]["Tables"]["customers"]["Related"]>;
        Update: Changes<{
          id?: string;
          /** Where invoices go. */
          email?: string;
          tags?: string[];
        }> & Nests<Database["public"]["Tables"]["customers"]["Related"]>;
        Related: {
          orders: { many: Database["public"]["Tables"]["Order"] };
          watching: { many: Database["public"]["Tables"]["Item"] };
        };
        Relationships: [];
      };
      Order: {
        Row: {
          id: number;
          number: string;
          customer_id: string;
          total: number;
          state: Database["public"]["Enums"]["State"];
          placed: string;
          changed: string;
          notes: Json | null;
          scan: string | null;
        };
        Insert: Inserts<{
          id?: number;
          number?: string;
          customer_id: string;
          total: number;
          state?: Database["public"]["Enums"]["State"];
          placed?: string;
          changed?: string;
          notes?: Json | null;
          scan?: string | null;
        }, Database["public"]["Tables"]["Order"]["Related"]>;
        Update: Changes<{
          id?: number;
          number?: string;
          customer_id?: string;
          total?: number;
          state?: Database["public"]["Enums"]["State"];
          placed?: string;
          changed?: string;
          notes?: Json | null;
          scan?: string | null;
        }> & Nests<Database["public"]["Tables"]["Order"]["Related"]>;
        Related: {
          buyer: { one: Database["public"]["Tables"]["customers"] };
        };
        Relationships: [
          {
            foreignKeyName: "Order_customer_id_fkey";
            columns: ["customer_id"];
            isOneToOne: false;
            referencedRelation: "customers";
            referencedColumns: ["id"];
          },
        ];
        ComputedFields: "number";
      };
      Item: {
        Row: {
          sku: string;
          variant: number;
          name: string;
          id: number;
        };
        Insert: Inserts<{
          sku: string;
          variant: number;
          name: string;
          id: number;
        }, Database["public"]["Tables"]["Item"]["Related"]>;
        Update: Changes<{
          sku?: string;
          variant?: number;
          name?: string;
          id?: number;
        }> & Nests<Database["public"]["Tables"]["Item"]["Related"]>;
        Related: {
          watchers: { many: Database["public"]["Tables"]["customers"] };
        };
        Relationships: [];
      };
      /** Between customers and Item, which embed each other through it. */
      0: {
        Row: {
          A: string;
          B: number;
        };
        Insert: never;
        Update: never;
        Relationships: [
          {
            foreignKeyName: "_CustomerToItem_A_fkey";
            columns: ["A"];
            isOneToOne: false;
            referencedRelation: "customers";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "_CustomerToItem_B_fkey";
            columns: ["B"];
            isOneToOne: false;
            referencedRelation: "Item";
            referencedColumns: ["id"];
          },
        ];
      };
    };
    Views: Record<never, never>;
    Functions: {
      /** What was sold since then. */
      turnover: {
        Args: {
          since: string;
          /** Of these customers. */
          buyers?: string[];
          atLeast?: number;
        };
        Returns: Database["public"]["CompositeTypes"]["Turnover"][];
      };
      ship: {
        Args: {
          id: number;
        };
        Returns: number | null;
      };
    };
    Enums: {
      /**
       * How far an order is.
       * - `SENT`: Left the house.
       */
      State: "OPEN" | "paid" | "SENT";
    };
    CompositeTypes: {
      Turnover: {
        state: Database["public"]["Enums"]["State"];
        total: number;
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
