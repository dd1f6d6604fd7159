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
        Insert: {
          id?: string;
          /** Where invoices go. */
          email: string;
          tags?: string[];
        };
        Update: Changes<{
          id?: string;
          /** Where invoices go. */
          email?: string;
          tags?: string[];
        }>;
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
        Insert: {
          id?: number;
          number?: string;
          customer_id: string;
          total: number;
          state?: Database["public"]["Enums"]["State"];
          placed?: string;
          changed?: string;
          notes?: Json | null;
          scan?: string | null;
        };
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
        }>;
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
        Insert: {
          sku: string;
          variant: number;
          name: string;
          id: number;
        };
        Update: Changes<{
          sku?: string;
          variant?: number;
          name?: string;
          id?: number;
        }>;
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
