import { Type } from 'class-transformer';
import { IsInt, IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';

export const LONGEST_TEXT = 1000;

/** What a client sends. */
export class NoteBody {
  @IsString()
  @MinLength(1)
  @MaxLength(LONGEST_TEXT)
  text!: string;
}

/** What a client sees of a note: not whose it is. */
export class PlainNote {
  @IsInt()
  id!: number;

  @IsString()
  text!: string;
}

export class NoteList {
  @ValidateNested({ each: true })
  @Type(() => PlainNote)
  items!: PlainNote[];
}
